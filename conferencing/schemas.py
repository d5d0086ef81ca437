"""A conference as the API states it, and how the API finds one."""

from typing import Any, Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from conferencing.access.queries import visible_to
from conferencing.models import Attendee, Conference, ConferenceSite, Occurrence
from hub.access.actor import current_actor
from hub.api import (
    ApiAnswer,
    Instant,
    by_code_or_id,
)

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
    proxy_name: str
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
    version: int
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
    """A conference with its dates, sites and people.

    A series changed in its middle is two: ``continued_by`` and ``follows`` name the other half.
    """

    chair: str
    agenda: str
    reason: str
    source: str
    follows: str | None
    continued_by: str | None
    created_at: Instant
    updated_at: Instant
    occurrences: list[OccurrenceOfConference]
    sites: list[SiteOfConference]
    attendees: list[AttendeeOfConference]


_SAME: Final = (
    "id",
    "version",
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


def summary_to_schema(conference: Conference) -> ConferenceSummary:
    return ConferenceSummary.model_construct(**_members(conference))


def to_schema(conference: Conference) -> ConferenceAnswer:
    """Return the whole conference as the API states it."""
    return ConferenceAnswer.model_construct(
        **_members(conference),
        **{name: getattr(conference, name) for name in _ALSO_SAME},
        source=conference.source_ref,
        follows=conference.follows.code if conference.follows else None,
        continued_by=conference.continued_by.code if conference.continued_by else None,
        occurrences=[occurrence_to_schema(one) for one in conference.occurrences],
        sites=[_site(row) for row in conference.sites],
        attendees=[_attendee(row) for row in conference.attendees],
    )


def occurrence_to_schema(occurrence: Occurrence) -> OccurrenceOfConference:
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
