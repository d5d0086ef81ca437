"""Conferences as lists and pages show them, always inside what the actor may see."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from conferencing.access.queries import visible_to
from conferencing.domain.interval import Interval
from conferencing.holds.services import overlapping
from conferencing.models import (
    Attendee,
    Conference,
    ConferenceSite,
    Occurrence,
    Resource,
    Room,
    Site,
)
from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.clock import now
from hub.errors import NotFound
from hub.text import fold


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty values narrow nothing. ``text`` needs no accents."""

    text: str = ""
    type: str = ""
    room_code: str = ""
    site_code: str = ""
    unit_path: str = ""
    status: str = ""
    mine: bool = False


@dataclass(frozen=True, slots=True)
class OccurrenceRow:
    """One dated instance with what a list shows of its conference."""

    occurrence_id: int
    conference_id: int
    code: str
    title: str
    type: str
    priority: int
    status: str
    starts_at: datetime
    ends_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    room_code: str
    room_name: str
    host_unit_id: int
    host_name: str
    chair: str
    is_drill: bool
    is_series: bool
    is_moved: bool
    sites: int = 0
    accepted: int = 0
    declined: int = 0
    waiting: int = 0


def conference_by_code(session: Session, actor: Actor, code: str) -> Conference:
    """Return a conference with everything its page shows. Raises NotFound."""
    return _one(session, actor, Conference.code == code)


def _one(session: Session, actor: Actor, which: ColumnElement[bool]) -> Conference:
    query = (
        select(Conference)
        .where(which, visible_to(actor))
        .options(
            joinedload(Conference.room).joinedload(Room.unit),
            joinedload(Conference.host_unit),
            selectinload(Conference.occurrences),
            selectinload(Conference.sites).joinedload(ConferenceSite.site).joinedload(Site.unit),
            selectinload(Conference.attendees),
        )
    )
    found = session.scalars(query).unique().first()
    if found is None:
        raise NotFound(_("Không tìm thấy cuộc họp."))
    return found


def occurrences_between(
    session: Session,
    actor: Actor,
    start: datetime,
    end: datetime,
    filters: Filters | None = None,
    limit: int = 2_000,
) -> list[OccurrenceRow]:
    """Return what takes place in a span, in order; cancelled dates only on wish."""
    wanted = filters or Filters()
    query = _rows(actor, wanted).where(
        *overlapping(Occurrence.starts_at, Occurrence.ends_at, Interval(start, end))
    )
    if not wanted.status:
        query = query.where(Occurrence.status != "CANCELLED")
    return _with_answers(session, query.order_by(Occurrence.starts_at, Occurrence.id).limit(limit))


def unanswered(session: Session, actor: Actor, within: timedelta) -> list[OccurrenceRow]:
    """Return what starts soon and still waits for answers of sites, the nearest first."""
    waiting = select(ConferenceSite.conference_id).where(ConferenceSite.partstat == "NEEDS-ACTION")
    query = _rows(actor, Filters()).where(
        Occurrence.status == "CONFIRMED",
        Occurrence.starts_at > now(),
        Occurrence.starts_at <= now() + within,
        Conference.id.in_(waiting),
    )
    return _with_answers(session, query.order_by(Occurrence.starts_at, Occurrence.id))


def _rows(actor: Actor, filters: Filters) -> Select[Any, Any, Any, Any, Any]:
    query = (
        select(Occurrence, Conference, Resource.code, Resource.name, OrgUnit.name)
        .join(Conference, Conference.id == Occurrence.conference_id)
        .join(Resource, Resource.id == Conference.room_id)
        .join(OrgUnit, OrgUnit.id == Conference.host_unit_id)
        .where(visible_to(actor))
    )
    for condition in _conditions(actor, filters):
        query = query.where(condition)
    return query


def _conditions(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        Conference.title_fold.contains(word, autoescape=True) for word in fold(filters.text).split()
    ]
    if filters.type:
        conditions.append(Conference.type == filters.type)
    if filters.status:
        conditions.append(Occurrence.status == filters.status)
    if filters.room_code:
        conditions.append(Resource.code == filters.room_code)
    if filters.unit_path:
        conditions.append(OrgUnit.path.startswith(filters.unit_path))
    if filters.site_code:
        conditions.append(Conference.id.in_(at_site(Site.code == filters.site_code)))
    if filters.mine:
        conditions.append(of_actor(actor))
    return conditions


def at_site(which: ColumnElement[bool]) -> Select[int]:
    """Return the ids of conferences in which such a site takes part."""
    return (
        select(ConferenceSite.conference_id)
        .join(Site, Site.id == ConferenceSite.site_id)
        .where(which)
    )


def of_actor(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "organised by the actor, or invited by mail"."""
    invited = select(Attendee.conference_id).where(Attendee.email == (actor.email or "-").lower())
    return (Conference.organizer_id == actor.user_id) | Conference.id.in_(invited)


def _with_answers(session: Session, query: Select[Any, Any, Any, Any, Any]) -> list[OccurrenceRow]:
    found = session.execute(query).all()
    counts = answer_counts(session, {conference.id for _o, conference, *_rest in found})
    return [_row(columns, counts.get(columns[1].id, (0, 0, 0, 0))) for columns in found]


def answer_counts(
    session: Session, conference_ids: set[int]
) -> dict[int, tuple[int, int, int, int]]:
    """Return (sites, accepted, declined, waiting) by conference id."""

    def count(partstat: str) -> ColumnElement[int]:
        return func.sum(case((ConferenceSite.partstat == partstat, 1), else_=0))

    if not conference_ids:
        return {}
    query = (
        select(
            ConferenceSite.conference_id,
            func.count(),
            count("ACCEPTED"),
            count("DECLINED"),
            count("NEEDS-ACTION"),
        )
        .where(ConferenceSite.conference_id.in_(conference_ids))
        .group_by(ConferenceSite.conference_id)
    )
    return {
        id_: (int(total), int(yes), int(no), int(open_))
        for id_, total, yes, no, open_ in session.execute(query)
    }


def _row(columns: Row[Any, Any, Any, Any, Any], counts: tuple[int, int, int, int]) -> OccurrenceRow:
    occurrence, conference, room_code, room_name, host_name = columns
    return OccurrenceRow(
        occurrence_id=occurrence.id,
        conference_id=conference.id,
        code=conference.code,
        title=conference.title,
        type=conference.type,
        priority=conference.priority,
        status=occurrence.status,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        started_at=occurrence.started_at,
        ended_at=occurrence.ended_at,
        room_code=room_code,
        room_name=room_name,
        host_unit_id=conference.host_unit_id,
        host_name=host_name,
        chair=conference.chair,
        is_drill=conference.is_drill,
        is_series=bool(conference.rrule),
        is_moved=occurrence.is_moved,
        sites=counts[0],
        accepted=counts[1],
        declined=counts[2],
        waiting=counts[3],
    )
