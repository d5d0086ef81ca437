"""Answers that are still missing, and answers for many sites in one call."""

from typing import Annotated, Any, Final

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from conferencing.inbox.queries import KEEPS, next_dates, without_answer
from conferencing.inbox.services import Kind, answer_for_sites
from conferencing.invitations.drafts import SiteReply
from conferencing.models import Conference, ConferenceSite, Site
from conferencing.schemas import conference_in_sight
from hub.access.actor import current_actor
from hub.api import (
    ApiAnswer,
    ApiModel,
    Instant,
    Page,
    PageQuery,
    after_instant,
    instant_place,
    operation,
    page_of,
    scope_conditions,
)
from hub.clock import now
from hub.db import read_session
from hub.errors import FieldError, Invalid

VIEW: Final = "site.view"
MOST: Final = 500


class PendingAnswer(ApiAnswer):
    """An invitation without an answer; the times are those of the next date."""

    conference: str
    title: str
    host: str
    starts_at: Instant
    ends_at: Instant
    dates: int
    site: str
    site_name: str
    role: str
    technician_name: str
    technician_phone: str


class PendingQuery(PageQuery):
    """Filters; ``from`` and ``to`` look at the next date, ``unit`` at sites below it."""

    unit: Annotated[str, Field(max_length=80)] = ""
    conference: Annotated[str, Field(max_length=80)] = ""
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None


class SiteAnswer(SiteReply, ApiModel):
    """The answer of one site."""

    site: Annotated[str, Field(min_length=1, max_length=80)]

    def reply(self) -> SiteReply:
        """Return the answer without the site."""
        return SiteReply.model_validate(self.model_dump(exclude={"site"}))


class AnswersBody(ApiModel):
    """Answers of sites of one conference; ``replace`` also changes answers already given."""

    answers: Annotated[list[SiteAnswer], Field(min_length=1, max_length=MOST)]
    replace: bool = False


class AnswerOutcome(ApiAnswer):
    """What became of one answer; ``message`` says why it was not saved."""

    site: str
    outcome: Kind
    message: str


class AnswersWritten(ApiAnswer):
    """How many answers were saved, and what became of each, in the order they were sent."""

    saved: int
    answers: list[AnswerOutcome]


def _to_schema(found: Any) -> PendingAnswer:
    row, starts_at, ends_at, dates = found
    conference, site = row.conference, row.site
    return PendingAnswer.model_construct(
        conference=conference.code,
        title=conference.title,
        host=conference.host_unit.code,
        starts_at=starts_at,
        ends_at=ends_at,
        dates=dates,
        site=site.code,
        site_name=site.name,
        role=row.role,
        technician_name=row.technician_name or site.technician_name,
        technician_phone=row.technician_phone or site.technician_phone,
    )


@operation(
    "GET",
    "/pending-answers",
    tag="answers",
    summary="List invitations without an answer",
    capability=VIEW,
    response=Page[PendingAnswer],
    query=PendingQuery,
)
def list_pending_answers(query: PendingQuery) -> Page[PendingAnswer]:
    """Sites of the caller's area that have not answered for a date to come, the nearest first."""
    session = read_session()
    dates = next_dates(now())
    asked = [
        *scope_conditions(session, VIEW, Site.unit_id, query.unit),
        *_narrowed(query, dates.c.starts_at),
        *after_instant(dates.c.starts_at, ConferenceSite.id, query.cursor),
    ]
    wanted = (
        select(ConferenceSite, dates.c.starts_at, dates.c.ends_at, dates.c.dates)
        .join(Site, Site.id == ConferenceSite.site_id)
        .join(Conference, Conference.id == ConferenceSite.conference_id)
        .join(dates, dates.c.conference_id == ConferenceSite.conference_id)
        .where(*without_answer(), *asked)
        .options(joinedload(ConferenceSite.conference).joinedload(Conference.host_unit))
        .order_by(dates.c.starts_at, ConferenceSite.id)
        .limit(query.limit + 1)
    )
    rows = session.execute(wanted).unique().all()
    return page_of(rows, query.limit, _to_schema, lambda row: instant_place(row[1], row[0].id))


def _narrowed(query: PendingQuery, starts_at: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.conference:
        found.append(Conference.code == query.conference)
    if query.from_:
        found.append(starts_at >= query.from_)
    if query.to:
        found.append(starts_at < query.to)
    return found


@operation(
    "POST",
    "/conferences/<code:code>/answers",
    tag="answers",
    summary="Answer for sites",
    capability=KEEPS,
    response=AnswersWritten,
    body=AnswersBody,
    errors=(409,),
)
def answer_conference_sites(session: Session, code: str, body: AnswersBody) -> AnswersWritten:
    """Write the answers of sites that the caller keeps; one that fails holds up no other.

    An answer given meanwhile stays unless ``replace`` is true. Sending the same again changes
    nothing. A site outside the caller's area is answered as one that is not invited.
    """
    replies = {each.site: each.reply() for each in body.answers}
    if len(replies) < len(body.answers):
        raise Invalid([FieldError("answers", _("Mỗi điểm cầu chỉ ghi một lần."))])
    conference = conference_in_sight(session, code)
    written = answer_for_sites(session, current_actor(), conference, replies, replace=body.replace)
    outcomes = [
        AnswerOutcome(site=each.site_code, outcome=each.kind, message=each.words)
        for each in written.outcomes
    ]
    return AnswersWritten(saved=len(written.of_kind("saved")), answers=outcomes)
