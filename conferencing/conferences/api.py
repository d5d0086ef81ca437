"""Conferences: how the API shows them, lists and one of them."""

from typing import Annotated, Final

from pydantic import Field
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from conferencing.access.queries import visible_to
from conferencing.models import Conference, Occurrence, Site
from conferencing.occurrences.queries import at_site
from conferencing.schemas import (
    ConferenceAnswer,
    ConferenceSummary,
    Status,
    Type,
    conference_in_sight,
    summary_to_schema,
    to_schema,
)
from hub.access.actor import Scope, current_actor
from hub.api import (
    Instant,
    Page,
    PageQuery,
    after_id,
    operation,
    page_of,
    unit_named,
)
from hub.db import read_session
from hub.text import fold

CAPABILITY: Final = "conference.view"


class ConferenceQuery(PageQuery):
    """Filters; ``from`` and ``to`` look at the dates, ``unit`` at host and sites below it."""

    unit: Annotated[str, Field(max_length=80)] = ""
    status: Status | None = None
    type: Type | None = None
    site: Annotated[str, Field(max_length=80)] = ""
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None
    q: Annotated[str, Field(max_length=100)] = ""


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
    return page_of(rows, query.limit, summary_to_schema, lambda conference: [conference.id])


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
    return to_schema(conference_in_sight(read_session(), code))
