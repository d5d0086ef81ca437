"""Availability: when rooms and sites are taken, compact enough for a bad line."""

import re
from datetime import date, timedelta
from typing import Annotated, Final, Literal

from flask_babel import gettext as _
from pydantic import BeforeValidator, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.availability.queries import (
    Findings,
    Question,
    busy_minutes,
    check_availability,
    conflict_items,
)
from conferencing.availability.slots import LONGEST_WINDOW, TimeQuestion, find_times
from conferencing.domain.booking_rules import LONGEST_BOOKING
from conferencing.domain.interval import Interval
from conferencing.domain.slots import Slot
from conferencing.models import Room, Site
from conferencing.occurrences.queries import conference_by_code
from conferencing.places.rooms.api import room_in_reach
from conferencing.places.rooms.queries import usable_rooms
from hub.access.actor import Actor, Scope, current_actor
from hub.access.models import OrgUnit
from hub.api import ApiAnswer, ApiModel, Code, Instant, operation, scope_conditions, unit_named
from hub.api.resources.units import Level
from hub.clock import local, now
from hub.db import read_session
from hub.errors import FieldError, Invalid, NotFound

VIEW: Final = "site.view"
LONGEST: Final = timedelta(days=92)


ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def _written_as_day(value: object) -> object:
    # A number would be taken for seconds since 1970.
    if isinstance(value, str) and not ISO_DAY.fullmatch(value):
        raise ValueError("YYYY-MM-DD")
    return value


Day = Annotated[date, BeforeValidator(_written_as_day)]


class Taken(ApiAnswer):
    """When a room or site is taken: ``busy`` holds [from, to) in whole minutes from ``from``."""

    id: int
    code: str
    name: str
    kind: str
    is_free: bool
    busy: list[list[int]]


class Taker(ApiAnswer):
    """What stands in the way of a booking of the window, as the 409 of a booking says it."""

    resource: str
    resource_name: str
    starts_at: Instant
    ends_at: Instant
    conference: str | None
    title: str


class Availability(ApiAnswer):
    """The window asked for, and every resource in it.

    ``is_free`` is what a booking of exactly this window would hear: its set-up time, the sites
    its room joins and the ports of its bridge count. ``conflicts`` says why not, in a window as
    long as a booking may be.
    """

    from_: Annotated[Instant, Field(serialization_alias="from")]
    to: Instant
    is_free: bool
    conflicts: list[Taker]
    items: list[Taken]
    next: str | None = None


class AvailabilityQuery(ApiModel):
    """Sites by code (repeat ``sites``) or all at and below ``under``; and a room if wanted.

    ``changing`` is the code of a conference that is being changed: what it holds itself is free.
    """

    from_: Annotated[Instant, Field(alias="from")]
    to: Instant
    sites: Annotated[list[Code], Field(max_length=250)] = Field(default_factory=list)
    under: Annotated[str, Field(max_length=80)] = ""
    level: Level | None = None
    room: Annotated[str, Field(max_length=80)] = ""
    changing: Annotated[str, Field(max_length=40)] = ""


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
    """Up to 92 days; without ``sites``, ``under`` and ``room`` all sites of the caller's area.

    A booking asks the same: ``is_free`` and ``conflicts`` are what it would be told.
    """
    _check(query)
    session, actor = read_session(), current_actor()
    is_room_alone = bool(query.room) and not query.sites and not query.under
    rooms = _room(session, query)
    sites = [] if is_room_alone else _sites(session, query, query.sites)
    window = Interval(query.from_, query.to)
    own = _own(session, actor, query.changing)
    question = Question((window,), tuple(sites), next(iter(rooms), None), own)
    findings = check_availability(session, question)
    resources: list[Site | Room] = [*rooms, *sites]
    busy = busy_minutes(session, resources, window, own)
    items = [_taken(resource, busy[resource.code]) for resource in resources]
    return Availability.model_construct(
        from_=query.from_,
        to=query.to,
        is_free=findings.is_free,
        conflicts=_takers(session, actor, findings),
        items=items,
        next=None,
    )


class SlotAnswer(ApiAnswer):
    """A time that suits, or nearly: who is missing, and what it leaves of the bridge's ports."""

    starts_at: Instant
    ends_at: Instant
    room: str | None
    is_whole: bool
    missing: list[str]
    missing_optional: list[str]
    ports_left: int | None


class Slots(ApiAnswer):
    """Slots in order: whole ones first, then by optional sites, then the earlier."""

    items: list[SlotAnswer]
    next: str | None = None


class SlotsQuery(ApiModel):
    """Sites by code (``sites`` must be free, ``optional`` should be) or all below ``under``.

    ``room`` is a code, or left out for any room that joins so many. ``from`` is the first day,
    ``hours`` is ``office`` (07:30-11:30 and 13:30-17:00), ``day`` (without a break) or ``any``
    (06:00-22:00). Weekends and holidays are passed over, weekends worked in exchange are not.
    """

    sites: Annotated[list[Code], Field(max_length=250)] = Field(default_factory=list)
    optional: Annotated[list[Code], Field(max_length=250)] = Field(default_factory=list)
    under: Annotated[str, Field(max_length=80)] = ""
    level: Level | None = None
    room: Annotated[str, Field(max_length=80)] = ""
    minutes: Annotated[int, Field(ge=5, le=1440)] = 60
    from_: Annotated[Day | None, Field(alias="from")] = None
    days: Annotated[int, Field(ge=1, le=LONGEST_WINDOW)] = 14
    hours: Literal["office", "day", "any"] = "office"
    days_off: bool = False
    changing: Annotated[str, Field(max_length=40)] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 7


@operation(
    "GET",
    "/availability/slots",
    tag="availability",
    summary="Find a time",
    capability=VIEW,
    response=Slots,
    query=SlotsQuery,
)
def read_slots(query: SlotsQuery) -> Slots:
    """Times at which a booking would be taken, best first, and those short of one or two sites.

    ``missing`` names required sites that are taken then, ``missing_optional`` the others.
    """
    session, actor = read_session(), current_actor()
    optional = set(query.optional)
    sites = _sites(session, query, [*query.sites, *query.optional] if query.sites else [])
    rooms = _room(session, query) or usable_rooms(session, actor)
    question = TimeQuestion(
        tuple(site for site in sites if site.code not in optional),
        tuple(site for site in sites if site.code in optional),
        tuple(sorted(rooms, key=lambda room: (room.capacity, room.code))),
        timedelta(minutes=query.minutes),
        max(query.from_ or local(now()).date(), local(now()).date()),
        query.days,
        query.hours,
        query.days_off,
        _own(session, actor, query.changing),
    )
    found = find_times(session, question).best(query.limit)
    return Slots(items=[_slot(slot) for slot in found])


def _slot(slot: Slot) -> SlotAnswer:
    return SlotAnswer.model_construct(
        starts_at=slot.interval.start,
        ends_at=slot.interval.end,
        room=slot.room,
        is_whole=slot.is_whole,
        missing=list(slot.missing),
        missing_optional=list(slot.missing_optional),
        ports_left=slot.ports_left,
    )


def _takers(session: Session, actor: Actor, findings: Findings) -> list[Taker]:
    if findings.question.window.duration > LONGEST_BOOKING:
        return []
    return [Taker(**item) for item in conflict_items(session, actor, findings)]


def _own(session: Session, actor: Actor, code: str) -> int | None:
    if not code:
        return None
    try:
        return conference_by_code(session, actor, code).id
    except NotFound as error:
        raise Invalid([FieldError("changing", _("Không tìm thấy cuộc họp."))]) from error


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


def _room(session: Session, query: AvailabilityQuery | SlotsQuery) -> list[Room]:
    if not query.room:
        return []
    try:
        return [room_in_reach(session, query.room)]
    except NotFound as error:
        raise Invalid([FieldError("room", _("Không có phòng họp này."))]) from error


def _sites(session: Session, query: AvailabilityQuery | SlotsQuery, codes: list[str]) -> list[Site]:
    wanted = select(Site).where(*scope_conditions(session, VIEW, Site.unit_id)).order_by(Site.id)
    if codes:
        return _named(list(session.scalars(wanted.where(Site.code.in_(codes)))), codes)
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
