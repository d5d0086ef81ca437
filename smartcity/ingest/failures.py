"""Under which name ingest says that a rule broke: health reads it there."""

from typing import Final

RULES: Final = "rules"
