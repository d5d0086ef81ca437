"""Live updates: authorised Socket.IO connections, rooms by unit, the tail of the journal.

Each web process tails the journal by itself and emits to its own clients, so no message queue
is needed and nothing is lost when a process dies: a client that comes back sends its last
``seq`` and is given the gap.
"""

from collections.abc import Callable

from flask import Flask, request
from flask_socketio import ConnectionRefusedError as ConnectionRefused
from flask_socketio import emit, join_room
from sqlalchemy.orm import Session

from config import Settings
from hub.clock import now
from hub.db import read_session
from hub.journal import entries_since, last_seq
from hub.live.backpressure import hang_up
from hub.live.connection_gate import ConnectionGate, most_connections
from hub.live.rooms import NAMESPACE, LiveHub, Viewer, as_message, room, socketio
from hub.live.tail import Tail

__all__ = ["NAMESPACE", "LiveHub", "Tail", "Viewer", "init_live", "socketio", "start_tail"]

RESUME_LIMIT = 2000
LARGEST_SEQ = 2**53
EXTENSION = "hub_live"


def init_live(app: Flask, hub: LiveHub) -> None:
    """Attach Socket.IO to the app and register the ``/ops`` handlers.

    Connections of other origins are refused by Socket.IO itself (no CORS origins are allowed).
    """
    socketio.init_app(
        app,
        async_mode="threading",
        max_http_buffer_size=16_384,
        # In the thread of the connection itself: a flood of messages waits, it starts no threads.
        async_handlers=False,
        ping_interval=20,
        ping_timeout=15,
        logger=False,
        engineio_logger=False,
    )
    # On a message it cannot take, the library hangs up and waits until its client has read what is
    # left: for ever when nobody reads, in a thread that is then gone.
    socketio.server.eio.disconnect = hang_up
    settings: Settings = app.extensions["hub.settings"]
    # A plain assignment is how WSGI applications are wrapped.
    app.wsgi_app = ConnectionGate(app, hub, most_connections(settings.web_threads))  # type: ignore[method-assign]
    app.extensions[EXTENSION] = hub
    socketio.on_event("connect", _on_connect(hub), namespace=NAMESPACE)
    socketio.on_event("resume", _on_resume(hub), namespace=NAMESPACE)
    socketio.on_event("disconnect", _on_disconnect(hub), namespace=NAMESPACE)


def sid() -> str:
    """Return the id of the present Socket.IO connection."""
    return str(request.sid)  # type: ignore[attr-defined]


def _on_connect(hub: LiveHub) -> Callable[..., None]:
    def connect(auth: object = None) -> None:
        viewer = hub.identify()
        if viewer is None:
            raise ConnectionRefused("sign-in-first")
        hub.viewers[sid()] = viewer
        for unit_id in viewer.unit_ids:
            join_room(room(unit_id))
        # A client that only lost its line asks for the gap and needs no second snapshot.
        if not (isinstance(auth, dict) and auth.get("resumes") is True):
            _send_snapshot(hub, read_session(), viewer)

    return connect


def _send_snapshot(hub: LiveHub, session: Session, viewer: Viewer) -> None:
    # Rooms first, then the snapshot: what commits in between arrives twice, never not at all.
    seq = last_seq(session)
    data = hub.snapshot(session, viewer)
    emit("snapshot", {"seq": seq, "at": now().isoformat(), "data": data})


def _on_resume(hub: LiveHub) -> Callable[..., None]:
    def resume(message: object = None) -> None:
        session = read_session()
        since = _since(message)
        known = hub.viewers.get(sid())
        viewer = hub.recheck(session, known) if known else None
        if viewer is None or since is None:
            return
        entries = entries_since(session, since, RESUME_LIMIT + 1)
        # A seq of the future means another database (restored, or the demo begun anew).
        if len(entries) > RESUME_LIMIT or since > last_seq(session):
            _send_snapshot(hub, session, viewer)
            return
        views = hub.views(session, entries)
        for entry in entries:
            if not hub.ancestors(session, entry.unit_ids).isdisjoint(viewer.unit_ids):
                emit(entry.kind, as_message(entry, views.get(entry.seq)))

    return resume


def _since(message: object) -> int | None:
    since = message.get("since") if isinstance(message, dict) else None
    if not isinstance(since, int) or isinstance(since, bool):
        return None
    return min(max(since, 0), LARGEST_SEQ)  # what no database takes is as good as the largest


def _on_disconnect(hub: LiveHub) -> Callable[..., None]:
    def disconnect(reason: object = None) -> None:
        hub.viewers.pop(sid(), None)
        hub.behind.pop(sid(), None)

    return disconnect


def start_tail(app: Flask) -> Tail:
    """Start the tail of this web process."""
    tail = Tail(app, app.extensions[EXTENSION])
    tail.start()
    return tail
