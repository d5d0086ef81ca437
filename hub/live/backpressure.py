"""Looks after the connections: ended sessions are cut off, slow readers never fill the memory."""

import logging
import time

from sqlalchemy.orm import Session

from hub.clock import now
from hub.journal import last_seq
from hub.live.connection_gate import SINCE, VIEWER
from hub.live.rooms import NAMESPACE, LiveHub, Viewer, room, socketio

logger = logging.getLogger(__name__)

QUEUE_SECONDS = 0.5
RECHECK_SECONDS = 4.0
RECHECK_ONE_SECONDS = 0.5
# Packets waiting for one client. At 4 + 20 messages a second this is some ten seconds of backlog.
BEHIND_AT = 256
CAUGHT_UP_AT = 8
GIVE_UP_SECONDS = 60.0
# A page of ours joins in its first message.
JOIN_SECONDS = 10.0


class Backpressure:
    """Run by the tail between two emissions."""

    def __init__(self, hub: LiveHub) -> None:
        self.hub = hub
        self.queues_seen_at = 0.0
        self.rechecked_at = time.monotonic()
        self.next_recheck_at = self.rechecked_at
        self.turn: list[str] = []

    def look_after(self, session: Session) -> None:
        """Do what is due."""
        at = time.monotonic()
        if at - self.queues_seen_at >= QUEUE_SECONDS:
            self.queues_seen_at = at
            self._watch_queues(session, at)
        if at - self.rechecked_at >= RECHECK_SECONDS:
            self.rechecked_at = at
            self._cut_off_ended(session)
            self.close_bare(session, at)
        self._recheck_next(session, at)

    def _cut_off_ended(self, session: Session) -> None:
        viewers = dict(self.hub.viewers)
        if viewers:
            alive = self.hub.alive(session, {viewer.session_id for viewer in viewers.values()})
            for sid, viewer in viewers.items():
                if viewer.session_id not in alive:
                    self._cut_off(sid)

    def close_bare(self, session: Session, at: float) -> None:
        """Close what never joined the namespace, and what outlived its browser session."""
        joined = {eio_of(sid) for sid in list(self.hub.viewers)}
        bare = {
            eio_sid: environ
            for eio_sid, environ in list(socketio.server.environ.items())
            if eio_sid not in joined and VIEWER in environ
        }
        if not bare:
            return
        alive = self.hub.alive(session, {e[VIEWER].session_id for e in bare.values()})
        for eio_sid, environ in bare.items():
            is_late = at - environ[SINCE] > JOIN_SECONDS
            if is_late or environ[VIEWER].session_id not in alive:
                logger.info("connection %s is closed: it never joined", eio_sid)
                hang_up(eio_sid)

    def _recheck_next(self, session: Session, at: float) -> None:
        """Look at the roles of one viewer at a time: fifty at once would hold up the alerts."""
        if at < self.next_recheck_at:
            return
        self.next_recheck_at = at + RECHECK_ONE_SECONDS
        if not self.turn:
            self.turn = list(self.hub.viewers)
        sid = self.turn.pop() if self.turn else ""
        viewer = self.hub.viewers.get(sid)
        if viewer is not None and self.hub.recheck(session, viewer) != viewer:
            self._cut_off(sid)

    def _cut_off(self, sid: str) -> None:
        logger.info("viewer %s is cut off", sid)
        self.hub.viewers.pop(sid, None)
        self.hub.behind.pop(sid, None)
        socketio.server.disconnect(sid, namespace=NAMESPACE)

    def _watch_queues(self, session: Session, at: float) -> None:
        for sid, viewer in list(self.hub.viewers.items()):
            waiting = queue_length(sid)
            if sid not in self.hub.behind:
                if waiting > BEHIND_AT:
                    self._fall_behind(sid, viewer, at)
            elif waiting <= CAUGHT_UP_AT:
                self._catch_up(session, sid, viewer)
            elif at - self.hub.behind[sid] > GIVE_UP_SECONDS:
                self._cut_off(sid)

    def _fall_behind(self, sid: str, viewer: Viewer, at: float) -> None:
        """Say nothing more to this client until it has read what is waiting."""
        self.hub.behind[sid] = at
        for unit_id in viewer.unit_ids:
            socketio.server.leave_room(sid, room(unit_id), namespace=NAMESPACE)

    def _catch_up(self, session: Session, sid: str, viewer: Viewer) -> None:
        """Back into the rooms, and one snapshot instead of all that was missed."""
        self.hub.behind.pop(sid, None)
        for unit_id in viewer.unit_ids:
            socketio.server.enter_room(sid, room(unit_id), namespace=NAMESPACE)
        message = {
            "seq": last_seq(session),
            "at": now().isoformat(),
            "data": self.hub.snapshot(session, viewer),
        }
        socketio.emit("snapshot", message, to=sid, namespace=NAMESPACE)


def hang_up(eio_sid: str) -> None:
    """Close a connection without waiting until its client has read what is left for it."""
    connection = socketio.server.eio.sockets.pop(eio_sid, None)
    if connection is not None:
        connection.close(wait=False, abort=True)


def eio_of(sid: str) -> str | None:
    """Return the engine.io connection under a Socket.IO client; None when it is gone."""
    found: str | None = socketio.server.manager.eio_sid_from_sid(sid, NAMESPACE)
    return found


def queue_length(sid: str) -> int:
    """Return how many packets wait to be written to a client; 0 when it is gone."""
    connection = socketio.server.eio.sockets.get(eio_of(sid))
    return connection.queue.qsize() if connection is not None else 0
