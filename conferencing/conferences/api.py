"""Conferences: how the API shows them, lists and one of them."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from conferencing.access.queries import visible_to
from conferencing.models import Attendee, Conference, ConferenceSite, Occurrence, Site
from conferencing.occurrences.queries import at_site
from hub.accounts.actor import Scope, current_actor
from hub.api import (
    ApiAnswer,
    Instant,
    Page,
    PageQuery,
    after_id,
    by_code_or_id,
    operation,
    page_of,
    unit_named,
)
from hub.db import read_session
from hub.text import fold

CAPABILITY: Final = "conference.view"
Type = Literal["regular", "unplanned", "emergency", "training", "test"]
Status = Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]


class OccurrenceOfConference(ApiAnswer):
    """One dated instance; ``recurrence_id`` is the start its rule gave it."""

    id: int
    recurrence_id: Instant
    starts_at: Instant
    ends_at: Instant
    status: Status
    sequence: int
    is_moved: bool
    started_at: Instant | None
    ended_at: Instant | None


class SiteOfConference(ApiAnswer):
    """A site taking part and what it answered."""

    id: int
    code: str
    name: str
    role: str
    partstat: str
    headcount: int | None
    technician_name: str
    technician_phone: str
    note: str
    answered_at: Instant | None


class AttendeeOfConference(ApiAnswer):
    """A person invited and what they answered."""

    id: int
    email: str
    name: str
    role: str
    partstat: str
    proxy_name: str
    answered_at: Instant | None


class ConferenceSummary(ApiAnswer):
    """A conference as a list shows it."""

    id: int
    code: str
    uid: str
    sequence: int
    status: Status
    title: str
    type: Type
    priority: int
    room: str
    host: str
    organizer: str
    starts_at: Instant
    ends_at: Instant
    rrule: str
    is_drill: bool


class ConferenceAnswer(ConferenceSummary):
    """A conference with its dates, sites and people."""

    chair: str
    agenda: str
    reason: str
    source: str
    created_at: Instant
    updated_at: Instant
    occurrences: list[OccurrenceOfConference]
    sites: list[SiteOfConference]
    attendees: list[AttendeeOfConference]


class ConferenceQuery(PageQuery):
    """Filters; ``from`` and ``to`` look at the dates, ``unit`` at host and sites below it."""

    unit: Annotated[str, Field(max_length=80)] = ""
    status: Status | None = None
    type: Type | None = None
    site: Annotated[str, Field(max_length=80)] = ""
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None
    q: Annotated[str, Field(max_length=100)] = ""


_SAME: Final = (
    "id",
    "code",
    "uid",
    "sequence",
    "status",
    "title",
    "type",
    "priority",
    "starts_at",
    "ends_at",
    "rrule",
    "is_drill",
)
_ALSO_SAME: Final = ("chair", "agenda", "reason", "created_at", "updated_at")


def _members(conference: Conference) -> dict[str, Any]:
    return {
        **{name: getattr(conference, name) for name in _SAME},
        "room": conference.room.code,
        "host": conference.host_unit.code,
        "organizer": conference.organizer_name,
    }


def _summary(conference: Conference) -> ConferenceSummary:
    return ConferenceSummary.model_construct(**_members(conference))


def shown(conference: Conference) -> ConferenceAnswer:
    """Return the whole conference as the API states it."""
    return ConferenceAnswer.model_construct(
        **_members(conference),
        **{name: getattr(conference, name) for name in _ALSO_SAME},
        source=conference.source_ref,
        occurrences=[shown_occurrence(one) for one in conference.occurrences],
        sites=[_site(row) for row in conference.sites],
        attendees=[_attendee(row) for row in conference.attendees],
    )


def shown_occurrence(occurrence: Occurrence) -> OccurrenceOfConference:
    """Return one date as the API states it inside a conference."""
    names = OccurrenceOfConference.model_fields
    return OccurrenceOfConference.model_construct(
        **{name: getattr(occurrence, name) for name in names}
    )


def _site(row: ConferenceSite) -> SiteOfConference:
    own = (name for name in SiteOfConference.model_fields if name not in {"id", "code", "name"})
    return SiteOfConference.model_construct(
        id=row.site_id,
        code=row.site.code,
        name=row.site.name,
        **{name: getattr(row, name) for name in own},
    )


def _attendee(row: Attendee) -> AttendeeOfConference:
    names = AttendeeOfConference.model_fields
    return AttendeeOfConference.model_construct(**{name: getattr(row, name) for name in names})


@operation(
    "GET",
    "/conferences",
    tag="conferences",
    summary="List conferences",
    capability=CAPABILITY,
    response=Page[ConferenceSummary],
    query=ConferenceQuery,
)
def list_conferences(query: ConferenceQuery) -> Page[ConferenceSummary]:
    """Conferences hosted in the caller's area, joined by its sites, or with the caller in them."""
    session = read_session()
    wanted = (
        _narrowed(session, query)
        .where(*after_id(Conference.id, query.cursor, newest_first=True))
        .options(joinedload(Conference.room), joinedload(Conference.host_unit))
        .order_by(Conference.id.desc())
        .limit(query.limit + 1)
    )
    rows = session.scalars(wanted).unique().all()
    return page_of(rows, query.limit, _summary, lambda conference: [conference.id])


def _narrowed(session: Session, query: ConferenceQuery) -> Select[Conference]:
    actor = current_actor()
    wanted = select(Conference).where(visible_to(actor))
    if query.unit:
        place = Scope((unit_named(session, actor, query.unit).path,))
        inside = place.clause(Conference.host_unit_id)
        wanted = wanted.where(or_(inside, Conference.id.in_(at_site(place.clause(Site.unit_id)))))
    if query.site:
        wanted = wanted.where(Conference.id.in_(at_site(Site.code == query.site)))
    if query.status:
        wanted = wanted.where(Conference.status == query.status)
    if query.type:
        wanted = wanted.where(Conference.type == query.type)
    if query.from_ or query.to:
        wanted = wanted.where(Conference.id.in_(_dated(query)))
    for word in fold(query.q).split():
        titled = Conference.title_fold.contains(word, autoescape=True)
        coded = func.lower(Conference.code).contains(word, autoescape=True)
        wanted = wanted.where(or_(titled, coded))
    return wanted


def _dated(query: ConferenceQuery) -> Select[int]:
    dates = select(Occurrence.conference_id)
    if query.from_:
        dates = dates.where(Occurrence.ends_at > query.from_)
    if query.to:
        dates = dates.where(Occurrence.starts_at < query.to)
    return dates


def conference_in_sight(session: Session, ref: str) -> Conference:
    """Return a conference by code or id, with everything it shows. Raises NotFound."""
    query = (
        select(Conference)
        .where(visible_to(current_actor()))
        .options(
            joinedload(Conference.room),
            joinedload(Conference.host_unit),
            selectinload(Conference.occurrences),
            selectinload(Conference.sites),
            selectinload(Conference.attendees),
        )
    )
    return by_code_or_id(session, query, Conference.code, Conference.id, ref)


@operation(
    "GET",
    "/conferences/<code:code>",
    tag="conferences",
    summary="Read a conference",
    capability=CAPABILITY,
    response=ConferenceAnswer,
)
def read_conference(code: str) -> ConferenceAnswer:
    """One conference by its code or id."""
    return shown(conference_in_sight(read_session(), code))
