"""Virtual rooms and bridges: those a unit may use, one by its code."""

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from conferencing.models import Bridge, Room
from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.errors import NotFound
from hub.orgunits.queries import path_ids
from hub.text import sort_key


def usable_rooms(session: Session, actor: Actor, *, active_only: bool = True) -> list[Room]:
    """Return the rooms of the actor's area and of the units above the actor's own."""
    above = _units_above_home(session, actor)
    query = (
        select(Room)
        .options(joinedload(Room.unit))
        .where(or_(actor.scope.clause(Room.unit_id), Room.unit_id.in_(above)))
    )
    if active_only:
        query = query.where(Room.is_active.is_(True))
    return sorted(session.scalars(query), key=lambda room: sort_key(room.name))


def room_by_code(session: Session, actor: Actor, code: str) -> Room:
    """Return a room the actor may use. Raises NotFound."""
    for room in usable_rooms(session, actor, active_only=False):
        if room.code == code:
            return room
    raise NotFound(_("Không tìm thấy phòng họp."))


def visible_bridges(session: Session, actor: Actor) -> list[Bridge]:
    """Return the bridges of the actor's area and of the units above the actor's own."""
    above = _units_above_home(session, actor)
    query = (
        select(Bridge)
        .options(joinedload(Bridge.unit))
        .where(or_(actor.scope.clause(Bridge.unit_id), Bridge.unit_id.in_(above)))
    )
    return sorted(session.scalars(query), key=lambda bridge: sort_key(bridge.name))


def bridge_by_code(session: Session, actor: Actor, code: str) -> Bridge:
    """Return a bridge the actor may see. Raises NotFound."""
    for bridge in visible_bridges(session, actor):
        if bridge.code == code:
            return bridge
    raise NotFound(_("Không tìm thấy MCU."))


def _units_above_home(session: Session, actor: Actor) -> list[int]:
    home = session.get(OrgUnit, actor.home_unit_id) if actor.home_unit_id else None
    return path_ids(home.path) if home else []
