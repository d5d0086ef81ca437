"""``POST /conferences``: book whole or not at all."""

from dataclasses import replace
from typing import Annotated, Any, Final

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.api_names import api_names
from conferencing.availability.queries import Question, first_free
from conferencing.booking.plan import dated, host_unit, is_room_open_to, priority_of
from conferencing.booking.requests import AttendeeRequest, BookingRequest, DateMove
from conferencing.booking.services import book_in_transaction
from conferencing.domain.errors import RecurrenceError
from conferencing.domain.interval import Interval
from conferencing.models import Conference, Site
from conferencing.places.rooms.queries import usable_rooms
from conferencing.places.sites.queries import sites_by_code
from conferencing.schemas import ConferenceAnswer, Type, to_schema
from hub.access.actor import Actor, current_actor
from hub.access.models import OrgUnit
from hub.api import ApiModel, Code, Instant, Text, keep_answer, operation, unit_named
from hub.api.resources.units import Level
from hub.db import read_session
from hub.errors import FieldError, Invalid


def first_free_room(session: Session, actor: Actor, request: BookingRequest) -> BookingRequest:
    """Return the request with a room; when none is free, with one that fits: booking says why.

    Raises:
        Invalid: no room joins so many sites.
        NotAllowed: the actor may not book for the host unit.
    """
    count = len(set(request.site_codes))
    host = host_unit(session, actor, request.host_unit_id, "conference.book")
    fitting = [
        room
        for room in usable_rooms(session, actor)
        if room.capacity >= count and room.bridge.is_active and is_room_open_to(room, host, actor)
    ]
    if not fitting:
        raise Invalid([FieldError("room", _("Không có phòng nào nối được từng ấy điểm cầu."))])
    fitting.sort(key=lambda room: (room.capacity, room.code))
    spans = _spans(request)
    sites = sites_by_code(session, list(dict.fromkeys(request.site_codes)))
    asked = Question(spans, tuple(sites.values()), buffered=priority_of(request) > 0)
    room = (first_free(session, asked, fitting) if spans else None) or fitting[0]
    return replace(request, room_code=room.code)


def _spans(request: BookingRequest) -> tuple[Interval, ...]:
    """The spans asked for; none when the times are wrong, which the booking says better."""
    if request.ends_at <= request.starts_at:
        return ()
    try:
        return tuple(occurrence.interval for occurrence in dated(request)[0])
    except RecurrenceError:
        return ()


BOOK: Final = "conference.book"
Priority = Annotated[int, Field(ge=0, le=4)]
Title = Annotated[str, Field(min_length=1, max_length=200)]
Rule = Annotated[str, Field(max_length=300, examples=["FREQ=WEEKLY;COUNT=4"])]


class AttendeeBody(ApiModel):
    """Somebody to invite by mail; ``role`` is an RFC 5545 ROLE."""

    email: Annotated[str, Field(min_length=3, max_length=200)]
    name: Annotated[str, Field(max_length=160)] = ""
    role: Annotated[str, Field(max_length=20)] = "REQ-PARTICIPANT"


class MoveBody(ApiModel):
    """One date of the series at another time; ``recurrence_id`` is the start of its rule."""

    recurrence_id: Instant
    starts_at: Instant
    ends_at: Instant


class Under(ApiModel):
    """All sites at and below a unit, or those of units of one level there."""

    under: Code
    level: Level | None = None


SiteChoice = Annotated[list[Code], Field(min_length=1, max_length=5000)] | Under
Attendees = Annotated[list[AttendeeBody], Field(max_length=2000)]


class ConferenceBody(ApiModel):
    """A conference to book. Without ``room`` the first free one that fits is taken.

    ``host`` is a unit (the caller's own by default), ``chair_site`` the presiding site (the
    first by default), ``exdates`` are starts of the rule to leave out, ``moves`` dates of it at
    another time.
    """

    title: Title
    type: Type = "regular"
    priority: Priority | None = None
    room: Annotated[str, Field(max_length=80)] | None = None
    starts_at: Instant
    ends_at: Instant
    sites: SiteChoice
    attendees: Attendees | None = None
    rrule: Rule | None = None
    exdates: Annotated[list[Instant], Field(max_length=200)] | None = None
    moves: Annotated[list[MoveBody], Field(max_length=200)] | None = None
    agenda: Text | None = None
    reason: Text | None = None
    chair: Annotated[str, Field(max_length=160)] | None = None
    chair_site: Annotated[str, Field(max_length=80)] | None = None
    host: Annotated[str, Field(max_length=80)] | None = None


@operation(
    "POST",
    "/conferences",
    tag="conferences",
    summary="Book a conference",
    capability=BOOK,
    response=ConferenceAnswer,
    status=201,
    body=ConferenceBody,
    own_transaction=True,
    errors=(409,),
)
def book_conference(body: ConferenceBody) -> ConferenceAnswer:
    """Room, ports and all sites of all dates are taken in one step, or nothing is.

    409 names each clash in ``conflicts`` and offers ``alternatives``.
    """
    actor = current_actor()
    with api_names():
        request = _request(read_session(), actor, body)
        return to_schema(book_in_transaction(actor, request, keep))


def keep(session: Session, conference: Conference) -> None:
    """Store the answer for the Idempotency-Key in the booking's own transaction."""
    keep_answer(session, to_schema(conference), 201)


def _request(session: Session, actor: Actor, body: ConferenceBody) -> BookingRequest:
    request = BookingRequest(
        title=body.title,
        type=body.type,
        priority=body.priority,
        room_code=body.room or "",
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        site_codes=site_codes(session, actor, body.sites),
        attendees=attendee_requests(body.attendees or []),
        rrule=body.rrule or "",
        exdates=tuple(body.exdates or ()),
        moves=tuple(DateMove(m.recurrence_id, m.starts_at, m.ends_at) for m in body.moves or ()),
        host_unit_id=unit_named(session, actor, body.host, "host").id if body.host else None,
        agenda=body.agenda or "",
        reason=body.reason or "",
        chair=body.chair or "",
        chair_site=body.chair_site or "",
    )
    return request if body.room else first_free_room(session, actor, request)


def site_codes(session: Session, actor: Actor, choice: list[str] | Under) -> tuple[str, ...]:
    """Return the codes a choice stands for.

    Raises:
        Invalid: an unknown unit, or one without sites.
    """
    if not isinstance(choice, Under):
        return tuple(choice)
    unit = unit_named(session, actor, choice.under, "sites")
    query = (
        select(Site.code)
        .join(OrgUnit, OrgUnit.id == Site.unit_id)
        .where(
            OrgUnit.path.startswith(unit.path),
            Site.is_active.is_(True),
            actor.scope_for(BOOK).clause(Site.unit_id),
        )
        .order_by(OrgUnit.path, Site.id)
    )
    if choice.level:
        query = query.where(OrgUnit.level == choice.level)
    codes = tuple(session.scalars(query))
    if not codes:
        raise Invalid([FieldError("sites", _("Không có điểm cầu nào ở đó."))])
    return codes


def attendee_requests(bodies: list[AttendeeBody]) -> tuple[AttendeeRequest, ...]:
    """Return the people as the services want them."""
    values: list[dict[str, Any]] = [body.model_dump() for body in bodies]
    return tuple(AttendeeRequest(**value) for value in values)
