"""Virtual rooms and the bridges they run on: create and update."""

from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.fields import FieldChecks, require_at, unit_for
from conferencing.history import journal_change
from conferencing.models import Bridge, Conference, Occurrence, Room
from conferencing.places.rooms.queries import visible_bridges
from conferencing.places.sites.services import unused_code
from conferencing.requests import BridgeRequest, RoomRequest
from conferencing.revisions import refresh_fragment
from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.audit import record_audit
from hub.clock import now
from hub.text import fold

CAPABILITY: Final = "room.manage"


def create_room(session: Session, actor: Actor, request: RoomRequest) -> Room:
    """Add a room. Raises Invalid, NotFound or NotAllowed."""
    unit = unit_for(session, actor, request.unit_id, CAPABILITY)
    room = Room()
    _fill_room(session, actor, room, request, unit)
    session.add(room)
    session.flush()
    _note(session, actor, "room:created", room)
    return room


def update_room(session: Session, actor: Actor, room: Room, request: RoomRequest) -> Room:
    """Change a room as a whole. Raises Invalid, NotFound or NotAllowed."""
    require_at(actor, CAPABILITY, room.unit)
    unit = unit_for(session, actor, request.unit_id, CAPABILITY)
    shown = (room.name, room.join_url, room.dial_in)
    _fill_room(session, actor, room, request, unit)
    session.flush()
    _note(session, actor, "room:updated", room)
    if shown != (room.name, room.join_url, room.dial_in):
        _refresh_conferences(session, room)
    return room


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


def _fill_room(
    session: Session, actor: Actor, room: Room, request: RoomRequest, unit: OrgUnit
) -> None:
    checks = FieldChecks()
    code = unused_code(session, checks, checks.code(request.code), room.id)
    name = checks.words("name", request.name, 160)
    bridge = _bridge(session, actor, room, request.bridge_code)
    if bridge is None:
        checks.add("bridge_code", _("Không có MCU này."))
    values = {
        "capacity": checks.number("capacity", request.capacity, 1, bridge.ports if bridge else 1),
        "dial_in": checks.words("dial_in", request.dial_in, 120, needed=False),
        "join_url": checks.link("join_url", request.join_url),
        "buffer_minutes": checks.number("buffer_minutes", request.buffer_minutes, 0, 240),
    }
    checks.finish()
    room.code, room.name, room.name_fold, room.unit = code, name, fold(name), unit
    room.is_active = request.is_active
    if bridge is not None:
        room.bridge = bridge
    for field, value in values.items():
        setattr(room, field, value)


def create_bridge(session: Session, actor: Actor, request: BridgeRequest) -> Bridge:
    """Add a bridge. Raises Invalid, NotFound or NotAllowed."""
    unit = unit_for(session, actor, request.unit_id, CAPABILITY)
    bridge = Bridge()
    _fill_bridge(session, bridge, request, unit)
    session.add(bridge)
    session.flush()
    _note(session, actor, "bridge:created", bridge)
    return bridge


def update_bridge(session: Session, actor: Actor, bridge: Bridge, request: BridgeRequest) -> Bridge:
    """Change a bridge as a whole. Raises Invalid, NotFound or NotAllowed."""
    require_at(actor, CAPABILITY, bridge.unit)
    unit = unit_for(session, actor, request.unit_id, CAPABILITY)
    _fill_bridge(session, bridge, request, unit)
    session.flush()
    _note(session, actor, "bridge:updated", bridge)
    return bridge


def _fill_bridge(session: Session, bridge: Bridge, request: BridgeRequest, unit: OrgUnit) -> None:
    checks = FieldChecks()
    code = checks.code(request.code)
    with session.no_autoflush:
        holder = session.scalar(select(Bridge.id).where(Bridge.code == code))
    if holder is not None and holder != bridge.id:
        checks.add("code", _("Mã này đã có."))
    name = checks.words("name", request.name, 120)
    ports = checks.number("ports", request.ports, 1, 100_000)
    checks.finish()
    bridge.code, bridge.name, bridge.ports, bridge.unit = code, name, ports, unit
    bridge.is_active = request.is_active


def _note(session: Session, actor: Actor, action: str, row: Room | Bridge) -> None:
    detail: dict[str, Any] = {"name": row.name, "active": row.is_active}
    record_audit(
        session,
        f"conferencing:{action}",
        row.code,
        unit_id=row.unit.id,
        detail=detail,
        actor=actor,
    )
