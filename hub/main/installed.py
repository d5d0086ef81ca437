"""What is installed: the one list that names the halves."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from hub.contracts.half import Half

INSTALLED: Final = ("conferencing", "smartcity")


@cache
def halves() -> tuple[Half, ...]:
    """Return the declaration of each half, ``HALF`` of its module ``half``."""
    return tuple(import_module(f"{name}.half").HALF for name in INSTALLED)


def command_modules() -> dict[str, str]:
    """Return the module of each command that a half brings, without importing the half itself."""
    found: dict[str, str] = {}
    for name in INSTALLED:
        if find_spec(f"{name}.commands") is not None:
            found |= import_module(f"{name}.commands").MODULES
    return found
