"""Follows the journal and the latest values and emits to the rooms concerned."""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from hub.clock import now
from hub.db import db, read_session
from hub.journal import CHANNEL, JournalEntry, entries_since, last_seq
from hub.live.backpressure import Backpressure
from hub.live.rooms import NAMESPACE, LiveHub, as_message, room, socketio

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


logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.25
COALESCE_SECONDS = 0.25
PULSE_SECONDS = 2.0
# A snapshot may have told what changed back between two pulses, so unchanged is told again too.
PULSE_AGAIN_SECONDS = 6.0
BATCH = 500


class Tail(threading.Thread):
    """The one thread of a web process that speaks to all its clients."""

    def __init__(self, app: Flask, hub: LiveHub) -> None:
        super().__init__(name="journal-tail", daemon=True)
        self.app = app
        self.hub = hub
        self.backpressure = Backpressure(hub)
        self.stopping = threading.Event()
        # Kept across a failure: what was not emitted yet must still be.
        self.seq: int | None = None
        self.marker: Any = None
        self.pulses: dict[str, tuple[Any, float]] = {}

    def run(self) -> None:
        """Follow until stopped; a failure (the database went away) begins anew after a second."""
        while not self.stopping.is_set():
            try:
                with self.app.app_context():
                    self._follow()
            except Exception:
                logger.exception("journal tail failed, starting again")
                self.stopping.wait(1.0)

    def _follow(self) -> None:
        session = read_session()
        wait = waiter(db.engine)
        try:
            if self.seq is None:
                self.seq = last_seq(session)
            session.rollback()
            self._loop(session, wait)
        finally:
            wait.close()

    def _loop(self, session: Session, wait: Waiter) -> None:
        last_push = last_pulse = 0.0
        while not self.stopping.is_set():
            wait(IDLE_SECONDS)
            self._emit_entries(session)
            if time.monotonic() - last_push >= COALESCE_SECONDS:
                last_push = time.monotonic()
                self._emit_latest(session)
            if time.monotonic() - last_pulse >= PULSE_SECONDS:
                last_pulse = time.monotonic()
                self._emit_pulse(session)
            self.backpressure.look_after(session)
            # Ends the read transaction; nothing read before may decide anything later.
            session.rollback()
            session.expunge_all()

    def _emit_entries(self, session: Session) -> None:
        while True:
            entries = entries_since(session, self.seq or 0, BATCH)
            if not entries:
                return
            views = self.hub.views(session, entries) if self.hub.viewers else {}
            for entry in entries:
                self._emit_entry(session, entry, views.get(entry.seq))
                self.seq = entry.seq

    def _emit_entry(
        self, session: Session, entry: JournalEntry, view: Mapping[str, Any] | None
    ) -> None:
        if not self.hub.viewers:
            return
        rooms = [room(unit) for unit in sorted(self.hub.ancestors(session, entry.unit_ids))]
        if rooms:
            socketio.emit(entry.kind, as_message(entry, view), to=rooms, namespace=NAMESPACE)

    def _emit_latest(self, session: Session) -> None:
        if not self.hub.viewers:
            self.marker = None
            return
        self.marker, rows = self.hub.latest(session, self.marker)
        for unit_id, payloads in self._by_room(session, rows).items():
            message = {"at": now().isoformat(), "items": payloads}
            socketio.emit("observations", message, to=room(unit_id), namespace=NAMESPACE)

    def _emit_pulse(self, session: Session) -> None:
        if not self.hub.viewers:
            return
        at = time.monotonic()
        for event, data in self.hub.pulse(session).items():
            told, told_at = self.pulses.get(event, (None, 0.0))
            if told != data or at - told_at >= PULSE_AGAIN_SECONDS:
                socketio.emit(event, {"at": now().isoformat(), "data": data}, namespace=NAMESPACE)
                self.pulses[event] = (data, at)

    def _by_room(
        self, session: Session, rows: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> dict[int, list[Mapping[str, Any]]]:
        """Group the payloads by the rooms somebody is in; nobody hears of the others."""
        wanted = {unit for viewer in list(self.hub.viewers.values()) for unit in viewer.unit_ids}
        above: dict[int, set[int]] = {}
        grouped: dict[int, list[Mapping[str, Any]]] = {}
        for unit_id, payload in rows:
            if unit_id not in above:
                above[unit_id] = self.hub.ancestors(session, [unit_id]) & wanted
            for unit in above[unit_id]:
                grouped.setdefault(unit, []).append(payload)
        return grouped
