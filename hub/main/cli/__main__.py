"""``python -m hub.main.cli``: the same as ``hub``."""

from hub.main.cli import main

main()
