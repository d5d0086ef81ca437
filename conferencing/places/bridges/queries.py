"""Bridges: those a unit may use, one by its code."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from conferencing.models import Bridge
from hub.access.actor import Actor
from hub.errors import NotFound
from hub.orgunits.queries import own_or_above
from hub.text import sort_key


def visible_bridges(session: Session, actor: Actor) -> list[Bridge]:
    """Return the bridges of the actor's area and of the units above the actor's own."""
    query = (
        select(Bridge)
        .options(joinedload(Bridge.unit))
        .where(own_or_above(session, actor, Bridge.unit_id))
    )
    return sorted(session.scalars(query), key=lambda bridge: sort_key(bridge.name))


def bridge_by_code(session: Session, actor: Actor, code: str) -> Bridge:
    """Return a bridge the actor may see. Raises NotFound."""
    for bridge in visible_bridges(session, actor):
        if bridge.code == code:
            return bridge
    raise NotFound(_("Không tìm thấy MCU."))
