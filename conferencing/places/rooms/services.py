"""Virtual rooms: create and update."""

from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.history import journal_change
from conferencing.models import Bridge, Conference, Occurrence, Room
from conferencing.places.bridges.queries import visible_bridges
from conferencing.places.rooms.drafts import RoomDraft
from conferencing.places.sites.services import refuse_taken_code
from conferencing.revisions import refresh_fragment
from hub.access.actor import Actor
from hub.audit import record_audit
from hub.clock import now
from hub.errors import FieldError, Invalid
from hub.orgunits.queries import unit_for, unit_ref
from hub.text import fold

CAPABILITY: Final = "room.manage"


def create_room(session: Session, actor: Actor, draft: RoomDraft) -> Room:
    """Add a room. Raises Invalid or NotAllowed."""
    room = Room()
    _fill(session, actor, room, draft)
    session.add(room)
    session.flush()
    _note(session, actor, room, "created")
    return room


def update_room(session: Session, actor: Actor, room: Room, draft: RoomDraft) -> Room:
    """Change a room as a whole. Raises Invalid, NotFound or NotAllowed."""
    actor.require(CAPABILITY, room.unit)
    shown = (room.name, room.join_url, room.dial_in)
    _fill(session, actor, room, draft)
    session.flush()
    _note(session, actor, room, "updated")
    if shown != (room.name, room.join_url, room.dial_in):
        _refresh_conferences(session, room)
    return room


def room_values(room: Room) -> dict[str, Any]:
    """Return what a room is now, in the names of its draft."""
    return RoomDraft.values_of(room, unit=unit_ref(room.unit), bridge=room.bridge.code)


def _refresh_conferences(session: Session, room: Room) -> None:
    """Show the room's new address in the feeds; letters that left keep the old one."""
    ahead = select(Occurrence.conference_id).where(Occurrence.ends_at > now())
    query = select(Conference).where(
        Conference.room_id == room.id, Conference.status != "CANCELLED", Conference.id.in_(ahead)
    )
    for conference in session.scalars(query).all():
        conference.revision += 1
        conference.updated_at = now()
        refresh_fragment(conference)
        journal_change(session, conference, "room_changed")


def _bridge(session: Session, actor: Actor, room: Room, code: str) -> Bridge | None:
    """Return a bridge the actor may see, or the one the room has already.

    The ports of a bridge elsewhere are not the actor's to give away.
    """
    with session.no_autoflush:
        seen = visible_bridges(session, actor)
    # A new room has no bridge yet, whatever the model says.
    present: Bridge | None = room.bridge
    known = [*seen, present] if present is not None else seen
    return next((bridge for bridge in known if bridge.code == code), None)


def _fill(session: Session, actor: Actor, room: Room, draft: RoomDraft) -> None:
    with session.no_autoflush:
        unit = unit_for(session, actor, draft.unit, CAPABILITY, room.unit)
    refuse_taken_code(session, draft.code, room.id)
    bridge = _bridge(session, actor, room, draft.bridge)
    if bridge is None:
        raise Invalid([FieldError("bridge", _("Không có MCU này."))])
    if draft.capacity > bridge.ports:
        sentence = _("MCU này có %(ports)s cổng.", ports=bridge.ports)
        raise Invalid([FieldError("capacity", sentence)])
    room.unit, room.bridge, room.name_fold = unit, bridge, fold(draft.name)
    for name, value in draft.model_dump(exclude={"unit", "bridge"}).items():
        setattr(room, name, value)


def _note(session: Session, actor: Actor, room: Room, verb: str) -> None:
    record_audit(
        session,
        f"conferencing:room:{verb}",
        room.code,
        unit_id=room.unit.id,
        detail={"name": room.name, "active": room.is_active},
        actor=actor,
    )
