"""No pattern and no reader of ours takes time squared over what somebody sends.

Each runs in a process of its own with a limit of processor time: a machine that is busy with
something else does not matter.
"""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LENGTH = 60_000
PROCESSOR_S = 20

PATTERNS = f"""
import importlib, pkgutil, re, sys
import config
LENGTH = {LENGTH}
hostile = [unit * (LENGTH // len(unit)) + end for unit in (
    " ", "a", "@", "a@", ",", "<", "1", "-", ".", "a.", " a", "\\t", "a,", "1 ", "://", "_", "%"
) for end in ("", "!", "@", "\\n")]
seen = set()
for root in ("hub", "conferencing", "smartcity", "config"):
    package = importlib.import_module(root)
    names = [root] + [
        found.name for found in pkgutil.walk_packages(getattr(package, "__path__", []), root + ".")
        if not found.name.endswith("__main__")
    ]
    for name in names:
        for value in vars(importlib.import_module(name)).values():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                seen.add(value)
print(len(seen))
assert len(seen) > 15
for pattern in seen:
    for text in hostile:
        pattern.fullmatch(text)
        pattern.match(text)
"""

READERS = f"""
from conferencing.domain.guests import read_guests
from conferencing.time_words import parse_day, parse_time
from hub.http import own_path
from hub.text import clean, fold, sort_key
import datetime
LENGTH = {LENGTH}
marks = ("\\u0300\\u0323" * LENGTH, "a" + "\\u0323\\u0300" * LENGTH)
pieces = (" ", "a", "@", "a@b ", "a,<", "'", '"', 'a@b,"', '""a,', "a@b\\t", "<a@b", "(")
for text in (*marks, *(piece * LENGTH for piece in pieces)):
    read_guests(text), clean(text), fold(text), own_path("/" + text)
    sort_key(clean(text)), parse_time(text), parse_day(text, datetime.date(2020, 10, 18))
"""


def run(script: str) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))

    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:] or "it took more time than it may"


@pytest.mark.timeout(120)
@pytest.mark.parametrize("script", [PATTERNS, READERS], ids=["patterns", "readers"])
def test_hostile_text_takes_time_by_its_length_only(script: str) -> None:
    run(script)
