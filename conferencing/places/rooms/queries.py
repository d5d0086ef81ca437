"""Virtual rooms: those a unit may use, one by its code."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from conferencing.models import Room
from hub.access.actor import Actor
from hub.errors import NotFound
from hub.orgunits.queries import own_or_above
from hub.text import sort_key


def usable_rooms(session: Session, actor: Actor, *, active_only: bool = True) -> list[Room]:
    """Return the rooms of the actor's area and of the units above the actor's own."""
    query = (
        select(Room)
        .options(joinedload(Room.unit))
        .where(own_or_above(session, actor, Room.unit_id))
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
