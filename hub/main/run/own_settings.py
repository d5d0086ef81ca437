"""The settings file a demo writes for itself, so that commands beside it need nothing exported."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from config import file_values, settings_file

MARK: Final = "# Written by hub run --demo at every start: changes made here are lost."
LEFT_OUT: Final = frozenset({"HUB_SETTINGS", "HUB_INSTANCE_DIR"})


def write_demo_settings(environment: Mapping[str, str]) -> None:
    """Keep the HUB_* variables of this run, and of earlier ones, in the instance's settings file.

    A file that somebody wrote by hand is left as it is: what it says already applies.
    """
    path = settings_file(environment)
    if path.exists() and not is_demos_own(path):
        return
    given = {
        name: value
        for name, value in {**file_values(path), **environment}.items()
        if name.startswith("HUB_") and name not in LEFT_OUT and not name.startswith("HUB_TEST")
    }
    lines = [MARK, *(f'{name}="{value}"' for name, value in sorted(given.items()))]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join([*lines, ""]))


def is_demos_own(path: Path) -> bool:
    """Whether a demo wrote the file, rather than somebody by hand."""
    try:
        return path.read_text(encoding="utf-8").startswith(MARK)
    except FileNotFoundError:
        return False
