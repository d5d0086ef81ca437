"""Virtual rooms: create and update."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.history import journal_change
from conferencing.models import Bridge, Conference, Occurrence, Room
from conferencing.places.bridges.queries import visible_bridges
from conferencing.places.keeping import note_kept, refuse_taken_code
from conferencing.places.rooms.drafts import RoomDraft
from conferencing.revisions import refresh_fragment
from hub.access.actor import Actor
from hub.clock import now
from hub.errors import Refusals
from hub.orgunits.queries import unit_for, unit_ref
from hub.text import fold
from hub.versions import Seen, claim

CAPABILITY: Final = "room.manage"


def create_room(session: Session, actor: Actor, values: Mapping[str, Any]) -> Room:
    """Add the room that these values of its draft describe. Raises Invalid or NotAllowed."""
    return _keep(session, actor, Room(), values, "created")


def update_room(
    session: Session,
    actor: Actor,
    room: Room,
    values: Mapping[str, Any],
    seen: Seen = None,
) -> Room:
    """Change what is given of a room. Raises Invalid, NotFound, NotAllowed or Stale."""
    claim(session, room, seen)
    actor.require(CAPABILITY, room.unit)
    shown = (room.name, room.join_url, room.dial_in)
    _keep(session, actor, room, {**room_values(room), **values}, "updated")
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


def _known_bridges(session: Session, actor: Actor, room: Room) -> list[Bridge]:
    """Return the bridges the actor may see, and the one the room has already.

    The ports of a bridge elsewhere are not the actor's to give away.
    """
    with session.no_autoflush:
        seen = visible_bridges(session, actor)
    # A new room has no bridge yet, whatever the model says.
    present: Bridge | None = room.bridge
    return [*seen, present] if present is not None else seen


def _keep(session: Session, actor: Actor, room: Room, values: Mapping[str, Any], verb: str) -> Room:
    refusals = Refusals()
    with refusals.heeded():
        draft = RoomDraft.read(values)
    with refusals.heeded():
        refuse_taken_code(session, room, values.get("code"))
    with refusals.heeded(), session.no_autoflush:
        unit = unit_for(session, actor, values.get("unit"), CAPABILITY, room.unit)
    known = _known_bridges(session, actor, room)
    bridge = next((one for one in known if one.code == values.get("bridge")), None)
    if bridge is None:
        refusals.add("bridge", _("Không có MCU này."))
    ports = max((one.ports for one in ([bridge] if bridge else known)), default=0)
    if isinstance(capacity := values.get("capacity"), int) and capacity > ports:
        refusals.add("capacity", _("Nhiều nhất %(ports)s, là số cổng của MCU.", ports=ports))
    refusals.settle()
    room.unit, room.name_fold = unit, fold(draft.name)
    if bridge is not None:
        room.bridge = bridge
    for name, value in draft.model_dump(exclude={"unit", "bridge"}).items():
        setattr(room, name, value)
    session.add(room)
    session.flush()
    note_kept(session, actor, room, verb)
    return room
