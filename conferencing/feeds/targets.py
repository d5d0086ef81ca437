"""What a feed may show: a person, or a unit, site or room of the actor's own area."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing.places.rooms.queries import room_by_code
from conferencing.places.sites.queries import site_by_code
from hub.accounts.actor import Actor
from hub.errors import FieldError, Invalid, NotFound
from hub.orgunits.queries import unit_by_code

Target = tuple[int, str, str]


def feed_target(session: Session, actor: Actor, scope: str, code: str) -> Target:
    """Return id, code and label of what a feed shows.

    Raises:
        Invalid: no such scope, unit, site or room for this actor.
    """
    ways = {"person": _person, "unit": _unit, "site": _site, "room": _room}
    if scope not in ways:
        raise Invalid([FieldError("scope", _("Phạm vi là person, unit, site hoặc room."))])
    try:
        return ways[scope](session, actor, code)
    except NotFound as error:
        raise Invalid([FieldError("code", error.message)]) from error


def _person(_session: Session, actor: Actor, _code: str) -> Target:
    return actor.user_id or 0, actor.username, actor.name


def _unit(session: Session, actor: Actor, code: str) -> Target:
    unit = unit_by_code(session, code)
    if unit is None or not actor.scope.covers(unit):
        raise NotFound(_("Không tìm thấy đơn vị."))
    return unit.id, unit.code, unit.name


def _site(session: Session, actor: Actor, code: str) -> Target:
    site = site_by_code(session, actor, code)
    return site.id, site.code, site.name


def _room(session: Session, actor: Actor, code: str) -> Target:
    room = room_by_code(session, actor, code)
    # Whoever may book a room of a unit above may not read what others do in it.
    if not actor.scope.covers(room.unit):
        raise NotFound(_("Không tìm thấy phòng họp."))
    return room.id, room.code, room.name
