"""Live updates: authorised Socket.IO connections, rooms by unit, the tail of the journal.

Each web process tails the journal by itself and emits to its own clients, so no message queue
is needed and nothing is lost when a process dies: a client that comes back sends its last
``seq`` and is given the gap.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, request
from flask_socketio import ConnectionRefusedError as ConnectionRefused
from flask_socketio import SocketIO, emit, join_room
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from hub.clock import now
from hub.db import db, read_session
from hub.journal import CHANNEL, JournalEntry, entries_since, last_seq

logger = logging.getLogger(__name__)

NAMESPACE = "/ops"
RESUME_LIMIT = 2000
POLL_SECONDS = 0.01
IDLE_SECONDS = 0.25
COALESCE_SECONDS = 0.25

Ancestors = Callable[[Session, Sequence[int]], set[int]]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is connected: the units whose rooms they join and the paths they may see."""

    user_id: int
    unit_ids: tuple[int, ...]
    unit_paths: tuple[str, ...]


@dataclass(slots=True)
class LiveHub:
    """What the roots give to the live module: how to identify, and what to show first."""

    identify: Callable[[], Viewer | None]
    ancestors: Ancestors
    snapshot: Callable[[Session, Viewer], Mapping[str, Any]]
    # Latest values of one tick: (unit id, payload) pairs newer than the given marker.
    latest: Callable[[Session, Any], tuple[Any, Sequence[tuple[int, Mapping[str, Any]]]]]
    viewers: dict[str, Viewer] = field(default_factory=dict)


socketio = SocketIO()


def init_live(app: Flask, hub: LiveHub) -> None:
    """Attach Socket.IO to the app and register the ``/ops`` handlers."""
    socketio.init_app(
        app,
        async_mode="threading",
        max_http_buffer_size=16_384,
        ping_interval=20,
        ping_timeout=15,
        logger=False,
        engineio_logger=False,
    )
    app.extensions["hub_live"] = hub
    socketio.on_event("connect", _on_connect(hub), namespace=NAMESPACE)
    socketio.on_event("resume", _on_resume(hub), namespace=NAMESPACE)
    socketio.on_event("disconnect", _on_disconnect(hub), namespace=NAMESPACE)


def room(unit_id: int) -> str:
    """Return the room of a unit."""
    return f"unit:{unit_id}"


def sid() -> str:
    """Return the id of the present Socket.IO connection."""
    return str(request.sid)  # type: ignore[attr-defined]


def _on_connect(hub: LiveHub) -> Callable[..., None]:
    def connect(auth: object = None) -> None:
        viewer = hub.identify()
        if viewer is None:
            raise ConnectionRefused("sign in first")
        hub.viewers[sid()] = viewer
        for unit_id in viewer.unit_ids:
            join_room(room(unit_id))
        session = read_session()
        # Rooms first, then the snapshot: what commits in between arrives twice, never not at all.
        seq = last_seq(session)
        emit(
            "snapshot", {"seq": seq, "at": now().isoformat(), "data": hub.snapshot(session, viewer)}
        )

    return connect


def _on_resume(hub: LiveHub) -> Callable[..., None]:
    def resume(message: object = None) -> None:
        viewer = hub.viewers.get(sid())
        since = message.get("since") if isinstance(message, dict) else None
        if viewer is None or not isinstance(since, int) or isinstance(since, bool):
            return
        session = read_session()
        entries = entries_since(session, since, RESUME_LIMIT + 1)
        if len(entries) > RESUME_LIMIT:
            seq = last_seq(session)
            data = hub.snapshot(session, viewer)
            emit("snapshot", {"seq": seq, "at": now().isoformat(), "data": data})
            return
        for entry in entries:
            if set(viewer.unit_ids) & hub.ancestors(session, entry.unit_ids):
                emit(entry.kind, as_message(entry))

    return resume


def _on_disconnect(hub: LiveHub) -> Callable[..., None]:
    def disconnect(reason: object = None) -> None:
        hub.viewers.pop(sid(), None)

    return disconnect


def as_message(entry: JournalEntry) -> dict[str, Any]:
    """Return the entry in the form clients get: ``{seq, at, data}``."""
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "drill": entry.is_drill,
        "data": entry.data,
    }


class Tail(threading.Thread):
    """Follows the journal and the latest values and emits to the rooms concerned."""

    def __init__(self, app: Flask, hub: LiveHub) -> None:
        super().__init__(name="journal-tail", daemon=True)
        self.app = app
        self.hub = hub
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                with self.app.app_context():
                    self._follow()
            except Exception:
                logger.exception("journal tail failed, starting again")
                self.stopping.wait(1.0)

    def _follow(self) -> None:
        session = read_session()
        seq = last_seq(session)
        marker, _rows = self.hub.latest(session, None)
        session.rollback()
        wait = waiter(db.engine)
        last_push = 0.0
        while not self.stopping.is_set():
            wait(IDLE_SECONDS)
            seq = self._emit_entries(session, seq)
            if time.monotonic() - last_push >= COALESCE_SECONDS:
                last_push = time.monotonic()
                marker = self._emit_latest(session, marker)
            session.rollback()

    def _emit_entries(self, session: Session, seq: int) -> int:
        for entry in entries_since(session, seq):
            rooms = [room(unit) for unit in self.hub.ancestors(session, entry.unit_ids)]
            socketio.emit(entry.kind, as_message(entry), to=rooms, namespace=NAMESPACE)
            seq = entry.seq
        return seq

    def _emit_latest(self, session: Session, marker: Any) -> Any:
        if not self.hub.viewers:
            return marker
        marker, rows = self.hub.latest(session, marker)
        by_unit: dict[int, list[Mapping[str, Any]]] = {}
        for unit_id, payload in rows:
            for above in self.hub.ancestors(session, [unit_id]):
                by_unit.setdefault(above, []).append(payload)
        for unit_id, payloads in by_unit.items():
            message = {"at": now().isoformat(), "items": payloads}
            socketio.emit("observations", message, to=room(unit_id), namespace=NAMESPACE)
        return marker


def waiter(engine: Engine) -> Callable[[float], None]:
    """Return a function that waits until the journal may have grown, at most so long."""
    return _PostgresWaiter(engine) if engine.dialect.name == "postgresql" else _SqliteWaiter(engine)


class _SqliteWaiter:
    """Polls ``PRAGMA data_version``, which costs microseconds and changes with every commit."""

    def __init__(self, engine: Engine) -> None:
        self.raw = engine.raw_connection()
        self.version = self._read()

    def _read(self) -> int:
        return int(self.raw.cursor().execute("PRAGMA data_version").fetchone()[0])

    def __call__(self, longest: float) -> None:
        deadline = time.monotonic() + longest
        while time.monotonic() < deadline:
            version = self._read()
            if version != self.version:
                self.version = version
                return
            time.sleep(POLL_SECONDS)


class _PostgresWaiter:
    """Listens for the NOTIFY that every journal write sends at its commit."""

    def __init__(self, engine: Engine) -> None:
        self.connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self.connection.execute(text(f"LISTEN {CHANNEL}"))
        self.driver: Any = self.connection.connection.driver_connection

    def __call__(self, longest: float) -> None:
        for _notice in self.driver.notifies(timeout=longest, stop_after=1):
            return


def start_tail(app: Flask) -> Tail:
    """Start the tail of this web process."""
    tail = Tail(app, app.extensions["hub_live"])
    tail.start()
    return tail
