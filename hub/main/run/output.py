"""Shows on the terminal what matters of the processes' logs, each line with its program's name.

Everything is kept in ``instance/logs``; the terminal gets warnings, errors and tracebacks, and
in plain words what supervisor did.
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

INTERVAL = 0.2
SUPERVISOR = "supervisord"
NOT_STARTING = "error: does not start, is tried again"

_IMPORTANT = re.compile(r"\b(warn(ing)?|error|critical|fatal|traceback)\b", re.IGNORECASE)
# Said by mosquitto at every start in a container; ours listens on this machine only.
_HARMLESS = re.compile("should not be run as root")
_SUPERVISOR_SAYS = (
    (re.compile(r"spawned: '(?P<name>[\w-]+)' with pid (?P<pid>\d+)"), "started, pid {pid}"),
    (re.compile(r"exited: (?P<name>[\w-]+) \((?P<how>.+); not expected\)"), "died: {how}"),
    (
        re.compile(r"gave up: (?P<name>[\w-]+) entered FATAL"),
        f"{NOT_STARTING}; see logs/{{name}}.log",
    ),
    (re.compile(r"stopped: (?P<name>[\w-]+) \("), "stopped"),
)


def prefixed(name: str, line: str) -> str:
    """Puts the program's name before a line, in a column."""
    return f"{name:<8} | {line}"


def translated(line: str) -> str | None:
    """Puts a line of supervisor's log into plain words; None when it is of no interest."""
    for pattern, words in _SUPERVISOR_SAYS:
        match = pattern.search(line)
        if match is not None:
            return prefixed(match["name"], words.format(**match.groupdict()))
    return None


def _is_important(line: str) -> bool:
    return _IMPORTANT.search(line) is not None and _HARMLESS.search(line) is None


@dataclass
class Sieve:
    """Lets important lines pass, and what belongs to the traceback that one of them opens."""

    name: str
    inside: bool = False

    def passes(self, line: str) -> bool:
        """Tells whether the line is for the terminal."""
        continued = self.inside and line.startswith((" ", "\t"))
        self.inside = continued or _is_important(line)
        ends_traceback = not self.inside and self._was_traceback
        self._was_traceback = self.inside and (continued or "Traceback" in line)
        return self.inside or ends_traceback

    _was_traceback: bool = field(default=False, init=False)

    def shown(self, line: str) -> str | None:
        """Gives the line for the terminal, or None."""
        if self.name == SUPERVISOR:
            return translated(line)
        return prefixed(self.name, line) if self.passes(line) else None


class LogFile:
    """Reads what is added to one log, over rotation, from its end at the time of creation."""

    def __init__(self, path: Path) -> None:
        self.sieve = Sieve(path.stem)
        self._path = path
        self._file: IO[str] | None = None
        self._skip = path.stat().st_size if path.exists() else 0

    def new_lines(self) -> list[str]:
        """Gives the lines for the terminal added since the last call."""
        shown = [self.sieve.shown(line) for line in self._read().splitlines()]
        return [line for line in shown if line is not None]

    def close(self) -> None:
        """Closes the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read(self) -> str:
        if self._file is None:
            self._open()
        if self._file is None:
            return ""
        text = self._file.read()
        if not text and self._is_rotated(self._file):
            self.close()
        return text

    def _open(self) -> None:
        if self._path.exists():
            self._file = self._path.open(encoding="utf-8", errors="replace")
            self._file.seek(self._skip)
            self._skip = 0

    def _is_rotated(self, file: IO[str]) -> bool:
        if not self._path.exists():
            return True
        present = self._path.stat()
        return present.st_size < file.tell() or not self._path.samefile(f"/dev/fd/{file.fileno()}")


class Follower:
    """Follows logs in a thread of its own and hands each line for the terminal to ``show``."""

    def __init__(self, folder: Path, names: list[str], show: Callable[[str], None]) -> None:
        self._logs = [LogFile(folder / f"{name}.log") for name in [SUPERVISOR, *names]]
        self._show = show
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="log-follower", daemon=True)

    def start(self) -> None:
        """Begins to follow."""
        self._thread.start()

    def stop(self) -> None:
        """Shows what is left and ends."""
        self._over.set()
        self._thread.join()

    def _follow(self) -> None:
        while not self._over.wait(INTERVAL):
            self._pass_on()
        self._pass_on()
        for log in self._logs:
            log.close()

    def _pass_on(self) -> None:
        for log in self._logs:
            for line in log.new_lines():
                self._show(line)
