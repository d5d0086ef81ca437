"""How to learn that the journal may have grown, without asking it all the time."""

import time
from typing import Any, Protocol

from sqlalchemy import Engine, text

from hub.journal import CHANNEL

POLL_SECONDS = 0.005


class Waiter(Protocol):
    """Waits until something was committed, at most so many seconds."""

    def __call__(self, longest: float) -> None:
        """Return as soon as the journal may have grown."""

    def close(self) -> None:
        """Give the connection back."""


def waiter(engine: Engine) -> Waiter:
    """Return the waiter of the database in use."""
    return PostgresWaiter(engine) if engine.dialect.name == "postgresql" else SqliteWaiter(engine)


class SqliteWaiter:
    """Polls ``PRAGMA data_version``, which costs microseconds and changes with every commit."""

    def __init__(self, engine: Engine) -> None:
        self.raw = engine.raw_connection()
        self.cursor = self.raw.cursor()
        self.version = self._read()

    def _read(self) -> int:
        return int(self.cursor.execute("PRAGMA data_version").fetchone()[0])

    def __call__(self, longest: float) -> None:
        """Return after the next commit of any other connection."""
        deadline = time.monotonic() + longest
        while time.monotonic() < deadline:
            version = self._read()
            if version != self.version:
                self.version = version
                return
            time.sleep(POLL_SECONDS)

    def close(self) -> None:
        """Give the connection back."""
        self.raw.close()


class PostgresWaiter:
    """Listens for the NOTIFY that every journal write sends at its commit."""

    def __init__(self, engine: Engine) -> None:
        self.connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self.connection.execute(text(f"LISTEN {CHANNEL}"))
        self.driver: Any = self.connection.connection.driver_connection

    def __call__(self, longest: float) -> None:
        """Return after the next notice."""
        for _notice in self.driver.notifies(timeout=longest, stop_after=1):
            return

    def close(self) -> None:
        """Close for good: a connection that listens must not go back to the pool."""
        self.connection.invalidate()
        self.connection.close()
