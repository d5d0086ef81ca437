"""Which files somebody has to open to follow a wish from where it enters to its first INSERT.

Measured with the interpreter's own ``sys.setprofile``: every project module of which a function
runs between the first line of the edge and the statement.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from sqlalchemy import Engine, event

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("hub", "conferencing", "smartcity")


class Way:
    """The modules entered, in order, from the edge to the first INSERT into a table."""

    def __init__(self, edge: str, table: str) -> None:
        self.edge = edge
        self.modules: list[str] = []
        self._insert = f"INSERT INTO {table}"
        self._seen: set[CodeType] = set()
        self._is_open = False
        self.is_over = False

    def enter(self, frame: FrameType, what: str, _arg: Any) -> None:
        """Note the module of a function that is called."""
        if what != "call" or self.is_over or frame.f_code in self._seen:
            return
        self._seen.add(frame.f_code)
        module = _module(frame.f_code.co_filename)
        if module is None:
            return
        self._is_open = self._is_open or module == self.edge
        if self._is_open and module not in self.modules:
            self.modules.append(module)

    def executed(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        """End at the first INSERT into the table."""
        if self._is_open and statement.lstrip().startswith(self._insert):
            self.is_over = True


def _module(file: str) -> str | None:
    path = Path(file)
    if not path.is_relative_to(ROOT):
        return None
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts) if parts[0] in PACKAGES else None


@contextmanager
def followed(engine: Engine, edge: str, table: str) -> Iterator[Way]:
    """Follow what runs inside the block; the way is complete when ``is_over``."""
    way = Way(edge, table)
    event.listen(engine, "before_cursor_execute", way.executed)
    sys.setprofile(way.enter)
    try:
        yield way
    finally:
        sys.setprofile(None)
        event.remove(engine, "before_cursor_execute", way.executed)
