"""What the live feed knows about its clients: who they are, what they may hear, how to show it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_socketio import SocketIO
from sqlalchemy.orm import Session

from hub.journal import JournalEntry

NAMESPACE = "/ops"

Ancestors = Callable[[Session, Sequence[int]], set[int]]
Views = Callable[[Session, Sequence[JournalEntry]], Mapping[int, Mapping[str, Any]]]
Latest = Callable[[Session, Any], tuple[Any, Sequence[tuple[int, Mapping[str, Any]]]]]

socketio = SocketIO()


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is connected: the units whose rooms they join and the paths they may see.

    ``session_id`` names the browser session the connection was opened with; when that ends,
    so does the connection.
    """

    user_id: int
    unit_ids: tuple[int, ...]
    unit_paths: tuple[str, ...]
    session_id: int = 0


def no_views(session: Session, entries: Sequence[JournalEntry]) -> Mapping[int, Mapping[str, Any]]:
    """Add nothing to the entries."""
    return {}


def no_pulse(session: Session) -> Mapping[str, Any]:
    """Tell nothing."""
    return {}


@dataclass(slots=True)
class LiveHub:
    """What the roots give to the live module: how to identify, and what to show first.

    ``recheck`` returns the viewer as of now, None when their session is over; ``alive`` which of
    many browser sessions still are, in one question. ``latest`` returns
    a new marker and (unit id, payload) pairs newer than the given one. ``views`` adds to journal
    entries, by seq, what a screen needs beyond the fact itself.
    """

    identify: Callable[[], Viewer | None]
    recheck: Callable[[Session, Viewer], Viewer | None]
    alive: Callable[[Session, Collection[int]], set[int]]
    ancestors: Ancestors
    snapshot: Callable[[Session, Viewer], Mapping[str, Any]]
    latest: Latest
    views: Views = no_views
    # What every screen is told as soon as it changes and every few seconds, whatever units it
    # shows; by event.
    pulse: Callable[[Session], Mapping[str, Any]] = no_pulse
    viewers: dict[str, Viewer] = field(default_factory=dict)
    # Clients that read too slowly, by the monotonic time they were taken out of their rooms.
    behind: dict[str, float] = field(default_factory=dict)


def room(unit_id: int) -> str:
    """Return the room of a unit."""
    return f"unit:{unit_id}"


def as_message(entry: JournalEntry, view: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the entry in the form clients get: ``{seq, at, drill, data}``."""
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "drill": entry.is_drill,
        "data": {**entry.data, **(view or {})},
    }
