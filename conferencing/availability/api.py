"""Availability: when rooms and sites are taken, compact enough for a bad line."""

from datetime import timedelta
from typing import Annotated, Final

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.availability.queries import busy_minutes
from conferencing.domain.interval import Interval
from conferencing.models import Room, Site
from conferencing.places.rooms.api import room_in_reach
from hub.access.actor import Scope, current_actor
from hub.access.models import OrgUnit
from hub.api import ApiAnswer, ApiModel, Code, Instant, operation, scope_conditions, unit_named
from hub.api.resources.units import Level
from hub.db import read_session
from hub.errors import FieldError, Invalid, NotFound

VIEW: Final = "site.view"
LONGEST: Final = timedelta(days=92)


class Taken(ApiAnswer):
    """When a room or site is taken: ``busy`` holds [from, to) in whole minutes from ``from``."""

    id: int
    code: str
    name: str
    kind: str
    is_free: bool
    busy: list[list[int]]


class Availability(ApiAnswer):
    """The window asked for, and every resource in it."""

    from_: Annotated[Instant, Field(serialization_alias="from")]
    to: Instant
    is_free: bool
    items: list[Taken]
    next: str | None = None


class AvailabilityQuery(ApiModel):
    """Sites by code (repeat ``sites``) or all at and below ``under``; and a room if wanted."""

    from_: Annotated[Instant, Field(alias="from")]
    to: Instant
    sites: Annotated[list[Code], Field(max_length=250)] = Field(default_factory=list)
    under: Annotated[str, Field(max_length=80)] = ""
    level: Level | None = None
    room: Annotated[str, Field(max_length=80)] = ""


@operation(
    "GET",
    "/availability",
    tag="availability",
    summary="Ask when rooms and sites are taken",
    capability=VIEW,
    response=Availability,
    query=AvailabilityQuery,
)
def read_availability(query: AvailabilityQuery) -> Availability:
    """Up to 92 days; without ``sites``, ``under`` and ``room`` all sites of the caller's area."""
    _check(query)
    session = read_session()
    resources: list[Site | Room] = [*_room(session, query), *_sites(session, query)]
    window = Interval(query.from_, query.to)
    busy = busy_minutes(session, resources, window)
    items = [_taken(resource, busy[resource.code]) for resource in resources]
    return Availability.model_construct(
        from_=query.from_,
        to=query.to,
        is_free=all(item.is_free for item in items),
        items=items,
        next=None,
    )


def _check(query: AvailabilityQuery) -> None:
    if query.to <= query.from_:
        raise Invalid([FieldError("to", _("Giờ kết thúc phải sau giờ bắt đầu."))])
    if query.to - query.from_ > LONGEST:
        raise Invalid([FieldError("to", _("Hỏi nhiều nhất %(days)s ngày.", days=LONGEST.days))])


def _taken(resource: Site | Room, busy: list[list[int]]) -> Taken:
    return Taken.model_construct(
        id=resource.id,
        code=resource.code,
        name=resource.name,
        kind=resource.kind,
        is_free=not busy,
        busy=busy,
    )


def _room(session: Session, query: AvailabilityQuery) -> list[Room]:
    if not query.room:
        return []
    try:
        return [room_in_reach(session, query.room)]
    except NotFound as error:
        raise Invalid([FieldError("room", _("Không có phòng họp này."))]) from error


def _sites(session: Session, query: AvailabilityQuery) -> list[Site]:
    if query.room and not query.sites and not query.under:
        return []
    wanted = select(Site).where(*scope_conditions(session, VIEW, Site.unit_id)).order_by(Site.id)
    if query.sites:
        return _named(list(session.scalars(wanted.where(Site.code.in_(query.sites)))), query.sites)
    wanted = wanted.where(Site.is_active.is_(True))
    if query.under:
        unit = unit_named(session, current_actor(), query.under, "under")
        wanted = wanted.where(Scope((unit.path,)).clause(Site.unit_id))
    if query.level:
        units = select(OrgUnit.id).where(OrgUnit.level == query.level)
        wanted = wanted.where(Site.unit_id.in_(units))
    return list(session.scalars(wanted))


def _named(found: list[Site], codes: list[str]) -> list[Site]:
    missing = sorted(set(codes) - {site.code for site in found})
    if missing:
        message = _("Không có điểm cầu: %(codes)s.", codes=", ".join(missing[:5]))
        raise Invalid([FieldError("sites", message)])
    return found
