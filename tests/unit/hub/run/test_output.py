"""The terminal shows what matters of the logs."""

from pathlib import Path

import pytest

from hub.main.run.output import LogFile, Sieve, translated


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            "2026-11-24 06:12:34,298 WARN exited: ingest (terminated by SIGKILL; not expected)",
            "ingest   | died: terminated by SIGKILL",
        ),
        (
            "2026-11-24 06:12:35,301 INFO spawned: 'ingest' with pid 10363",
            "ingest   | started, pid 10363",
        ),
        (
            "2026-11-24 06:12:35,301 INFO gave up: web entered FATAL state, too many start retries",
            "web      | error: does not start, is tried again; see logs/web.log",
        ),
        ("2026-11-24 06:12:30,536 INFO supervisord started with pid 10318", None),
    ],
)
def test_supervisor_is_put_into_plain_words(line: str, shown: str | None) -> None:
    assert translated(line) == shown


def test_a_traceback_passes_whole_and_nothing_after_it() -> None:
    sieve = Sieve("web")
    lines = [
        "INFO all quiet",
        "ERROR it broke",
        "Traceback (most recent call last):",
        '  File "x.py", line 1, in <module>',
        "    1 / 0",
        "ZeroDivisionError: division by zero",
        "INFO all quiet again",
    ]

    assert [line for line in lines if sieve.passes(line)] == lines[1:6]


def test_only_what_is_added_is_shown_and_rotation_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    path.write_text("ERROR of yesterday\n")
    log = LogFile(path)

    with path.open("a") as file:
        file.write("ERROR one\n")
    first = log.new_lines()
    path.rename(tmp_path / "web.log.1")
    path.write_text("ERROR two\n")
    second = log.new_lines() + log.new_lines()
    log.close()

    assert (first, second) == (["web      | ERROR one"], ["web      | ERROR two"])
