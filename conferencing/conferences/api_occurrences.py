"""Occurrences: dated instances, in the order of time."""

from typing import Annotated, Final

from pydantic import Field
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from conferencing.access.queries import visible_to
from conferencing.access.services import require_change
from conferencing.api_names import api_names
from conferencing.booking.api_changing import CancelBody
from conferencing.booking.cancelling import cancel_occurrence
from conferencing.booking.moving import move_occurrence as move
from conferencing.booking.services import run_in_transaction
from conferencing.models import Conference, Occurrence, Room, Site
from conferencing.occurrences.queries import at_site
from conferencing.schemas import OccurrenceOfConference, Status, Type
from hub.access.actor import Scope, current_actor
from hub.api import (
    ApiModel,
    Instant,
    Page,
    PageQuery,
    after_instant,
    instant_place,
    keep_answer,
    operation,
    page_of,
    seen_by_caller,
    unit_named,
)
from hub.db import read_session
from hub.errors import NotFound
from hub.text import fold

VIEW: Final = "conference.view"
BOOK: Final = "conference.book"


class OccurrenceAnswer(OccurrenceOfConference):
    """A dated instance with what tells its conference apart; ``version`` is the conference's."""

    version: int
    conference: str
    title: str
    type: Type
    priority: int
    room: str
    host: str
    is_drill: bool


class OccurrenceQuery(PageQuery):
    """Filters; what overlaps half-open [from, to). ``unit`` looks at host and sites below it."""

    unit: Annotated[str, Field(max_length=80)] = ""
    status: Status | None = None
    conference: Annotated[str, Field(max_length=80)] = ""
    site: Annotated[str, Field(max_length=80)] = ""
    room: Annotated[str, Field(max_length=80)] = ""
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None
    q: Annotated[str, Field(max_length=100)] = ""


class MoveBody(ApiModel):
    """The new time; one left out stays, and the duration with it."""

    starts_at: Instant | None = None
    ends_at: Instant | None = None


_DATED: Final = tuple(OccurrenceOfConference.model_fields)


def _to_schema(occurrence: Occurrence) -> OccurrenceAnswer:
    conference = occurrence.conference
    return OccurrenceAnswer.model_construct(
        **{name: getattr(occurrence, name) for name in _DATED},
        version=conference.version,
        conference=conference.code,
        title=conference.title,
        type=conference.type,
        priority=conference.priority,
        room=conference.room.code,
        host=conference.host_unit.code,
        is_drill=conference.is_drill,
    )


_WHOLE: Final = (
    joinedload(Occurrence.conference).joinedload(Conference.room),
    joinedload(Occurrence.conference).joinedload(Conference.host_unit),
)


@operation(
    "GET",
    "/occurrences",
    tag="occurrences",
    summary="List dated instances",
    capability=VIEW,
    response=Page[OccurrenceAnswer],
    query=OccurrenceQuery,
)
def list_occurrences(query: OccurrenceQuery) -> Page[OccurrenceAnswer]:
    """Dated instances of the conferences in the caller's sight, in the order of time."""
    session = read_session()
    wanted = (
        _narrowed(session, query)
        .where(*after_instant(Occurrence.starts_at, Occurrence.id, query.cursor))
        .options(*_WHOLE)
        .order_by(Occurrence.starts_at, Occurrence.id)
        .limit(query.limit + 1)
    )
    rows = session.scalars(wanted).unique().all()
    return page_of(rows, query.limit, _to_schema, lambda one: instant_place(one.starts_at, one.id))


def _narrowed(session: Session, query: OccurrenceQuery) -> Select[Occurrence]:
    actor = current_actor()
    wanted = (
        select(Occurrence)
        .join(Conference, Conference.id == Occurrence.conference_id)
        .where(visible_to(actor))
    )
    if query.unit:
        place = Scope((unit_named(session, actor, query.unit).path,))
        inside = place.clause(Conference.host_unit_id)
        wanted = wanted.where(or_(inside, Conference.id.in_(at_site(place.clause(Site.unit_id)))))
    if query.site:
        wanted = wanted.where(Conference.id.in_(at_site(Site.code == query.site)))
    if query.room:
        rooms = select(Room.id).where(Room.code == query.room)
        wanted = wanted.where(Conference.room_id.in_(rooms))
    return _narrowed_more(wanted, query)


def _narrowed_more(wanted: Select[Occurrence], query: OccurrenceQuery) -> Select[Occurrence]:
    if query.conference:
        wanted = wanted.where(Conference.code == query.conference)
    if query.status:
        wanted = wanted.where(Occurrence.status == query.status)
    if query.from_:
        wanted = wanted.where(Occurrence.ends_at > query.from_)
    if query.to:
        wanted = wanted.where(Occurrence.starts_at < query.to)
    for word in fold(query.q).split():
        wanted = wanted.where(Conference.title_fold.contains(word, autoescape=True))
    return wanted


def _in_sight(session: Session, occurrence_id: int) -> Occurrence:
    query = (
        select(Occurrence)
        .join(Conference, Conference.id == Occurrence.conference_id)
        .where(Occurrence.id == occurrence_id, visible_to(current_actor()))
        .options(*_WHOLE)
    )
    occurrence = session.scalars(query).unique().one_or_none()
    if occurrence is None:
        raise NotFound("")
    return occurrence


@operation(
    "GET",
    "/occurrences/<id:occurrence_id>",
    tag="occurrences",
    summary="Read a dated instance",
    capability=VIEW,
    response=OccurrenceAnswer,
)
def read_occurrence(occurrence_id: int) -> OccurrenceAnswer:
    """One dated instance by its id."""
    return _to_schema(_in_sight(read_session(), occurrence_id))


@operation(
    "PATCH",
    "/occurrences/<id:occurrence_id>",
    tag="occurrences",
    summary="Move a dated instance",
    capability=BOOK,
    response=OccurrenceAnswer,
    body=MoveBody,
    own_transaction=True,
    errors=(409,),
)
def move_occurrence(occurrence_id: int, body: MoveBody) -> OccurrenceAnswer:
    """Move one date of a series, or the whole of a conference that has no other."""
    actor, seen = current_actor(), seen_by_caller()

    def act(session: Session) -> Conference:
        occurrence = _in_sight(session, occurrence_id)
        # The member that is left out must be read behind the lock.
        require_change(session, actor, occurrence.conference, seen)
        starts_at = body.starts_at or occurrence.starts_at
        ends_at = body.ends_at or occurrence.ends_at + (starts_at - occurrence.starts_at)
        return move(session, actor, occurrence, starts_at, ends_at)

    def keep(session: Session, _conference: Conference) -> None:
        keep_answer(session, _to_schema(_in_sight(session, occurrence_id)), 200)

    with api_names():
        run_in_transaction(act, keep)
    return _to_schema(_in_sight(read_session(), occurrence_id))


@operation(
    "POST",
    "/occurrences/<id:occurrence_id>/cancel",
    tag="occurrences",
    summary="Cancel a dated instance",
    capability=BOOK,
    response=OccurrenceAnswer,
    body=CancelBody,
    errors=(409,),
)
def cancel_date(session: Session, occurrence_id: int, body: CancelBody) -> OccurrenceAnswer:
    """Cancel one date; the last remaining one takes the whole conference with it."""
    actor, occurrence = current_actor(), _in_sight(session, occurrence_id)
    require_change(session, actor, occurrence.conference, seen_by_caller())
    cancel_occurrence(session, actor, occurrence, body.reason)
    return _to_schema(occurrence)
