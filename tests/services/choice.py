"""What the caller of the tests agreed to leave out: ``HUB_TEST_WITHOUT="postgres,browser"``."""

import os

import pytest

VARIABLE = "HUB_TEST_WITHOUT"
KNOWN = frozenset({"postgres", "mosquitto", "browser", "libical", "icaljs", "nginx", "registry"})


def left_out() -> frozenset[str]:
    """Gives the names of the services to do without.

    Raises:
        pytest.UsageError: a name is not known, so a slip of the pen hides no test.
    """
    named = frozenset(os.environ.get(VARIABLE, "").replace(",", " ").split())
    if named - KNOWN:
        raise pytest.UsageError(
            f"{VARIABLE}: unknown {sorted(named - KNOWN)}, known {sorted(KNOWN)}"
        )
    return named


def skip_if_left_out(name: str) -> None:
    """Skips the running test when the caller said so."""
    if name in left_out():
        pytest.skip(f"{VARIABLE} leaves out {name}")
