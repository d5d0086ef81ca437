"""Parting a series in two: what lies before stays as it was, what follows goes on by itself."""

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy.orm import Session

from conferencing import links
from conferencing.booking.plan import Plan
from conferencing.booking.series import own_rows
from conferencing.booking.services import next_number
from conferencing.domain.recurrence import is_same_but_for_its_end, rule_of_count, rule_since
from conferencing.models import Attendee, Conference, ConferenceSite, Occurrence
from hub.clock import now
from hub.text import fold

KEPT = (
    "title", "title_fold", "type", "priority", "chair", "agenda", "reason", "room", "host_unit",
    "organizer_id", "organizer_name", "organizer_email", "source_ref", "is_drill",
)  # fmt: skip
OF_SITE = (
    "site_id", "role", "partstat", "headcount", "technician_name", "technician_phone", "note",
    "proxy_name", "answered_at", "answered_by",
)  # fmt: skip
OF_ATTENDEE = ("email", "name", "role", "partstat", "proxy_name", "note", "answered_at")


def needs_split(conference: Conference, rows: Sequence[Occurrence], plan: Plan) -> bool:
    """Whether a plan for these dates would change what was held before them, were it one series.

    Another end, or other words, leave the earlier dates as they are; another time, room, site or
    guest does not.
    """
    first, request = rows[0], plan.request
    length = conference.ends_at - conference.starts_at
    return not (
        request.starts_at == first.recurrence_id
        and request.ends_at - request.starts_at == length
        and _has_same_rule(conference, plan)
        and plan.room is conference.room
        and _sites(conference) == {(s.id, s.code == plan.chair_site_code) for s in plan.sites}
        and _people(conference) == {(a.email, a.name, a.role) for a in request.attendees}
    )


def words_of(plan: Plan) -> dict[str, object]:
    """Return what a plan says of a conference in words, by column."""
    request = plan.request
    return {
        "title": request.title,
        "title_fold": fold(request.title),
        "type": request.type,
        "priority": plan.priority,
        "chair": request.chair,
        "agenda": request.agenda,
        "reason": request.reason,
    }


def has_other_words(conference: Conference, plan: Plan) -> bool:
    """Whether a plan says something else in words than the conference does."""
    return any(getattr(conference, name) != value for name, value in words_of(plan).items())


def _has_same_rule(conference: Conference, plan: Plan) -> bool:
    return not plan.rrule or is_same_but_for_its_end(conference.rrule, plan.rrule)


def _sites(conference: Conference) -> set[tuple[int, bool]]:
    return {(row.site_id, row.role == "chair") for row in conference.sites}


def _people(conference: Conference) -> set[tuple[str, str, str]]:
    return {(a.email, a.name, a.role) for a in conference.attendees}


def split(session: Session, conference: Conference, rows: Sequence[Occurrence]) -> Conference:
    """Give these last dates a conference of their own, which follows; nobody is told here.

    Each date keeps its row and what it holds. The rule of the first ends before them; the second
    has a UID of its own (RFC 5545: one UID, one series), and answers that were given stand.
    """
    at, number = now(), next_number(session)
    length = conference.ends_at - conference.starts_at
    before = len(own_rows(conference)) - len(rows)
    start = rows[0].recurrence_id
    uid = f"{uuid4()}@{links.host()}"
    following = Conference(
        **{name: getattr(conference, name) for name in KEPT},
        id=number.id,
        code=number.code_in(start),
        uid=uid,
        status="CONFIRMED",
        sequence=0,
        revision=1,  # it is a change of what was there before
        starts_at=start,
        ends_at=start + length,
        rrule=rule_since(conference.rrule, before),
        follows=conference,
        created_at=at,
        updated_at=at,
    )
    following.sites = [_site(uid, row) for row in conference.sites]
    following.attendees = [_attendee(uid, row) for row in conference.attendees]
    session.add(following)
    for row in rows:
        conference.occurrences.remove(row)
        following.occurrences.append(row)
    _end(conference, before)
    session.flush()
    return following


def _end(conference: Conference, count: int) -> None:
    conference.rrule = rule_of_count(conference.rrule, count)
    conference.sequence += 1
    conference.revision += 1
    conference.updated_at = now()


def _site(uid: str, row: ConferenceSite) -> ConferenceSite:
    secret = links.site_secret(uid, row.site_id)
    return ConferenceSite(
        **{name: getattr(row, name) for name in OF_SITE},
        site=row.site,
        answer_hash=links.secret_hash(secret),
    )


def _attendee(uid: str, row: Attendee) -> Attendee:
    secret = links.attendee_secret(uid, row.email)
    return Attendee(
        **{name: getattr(row, name) for name in OF_ATTENDEE},
        answer_hash=links.secret_hash(secret),
    )
