"""The letters about a conference: to whom, when, and what became of them."""

from sqlalchemy import select

from conferencing.invitations.queries import in_sight
from conferencing.schemas import conference_in_sight
from hub.access.actor import current_actor
from hub.api import ApiAnswer, Instant, Page, PageQuery, after_id, operation, page_of
from hub.db import read_session
from hub.outbox import LetterState, OutboxLetter


class LetterOfConference(ApiAnswer):
    """A letter; ``last_error`` is what the mail server said last."""

    id: int
    kind: str
    subject: str
    to_email: str
    to_name: str
    state: LetterState
    attempts: int
    created_at: Instant
    sent_at: Instant | None
    last_error: str


def _to_schema(letter: OutboxLetter) -> LetterOfConference:
    names = LetterOfConference.model_fields
    return LetterOfConference.model_construct(**{name: getattr(letter, name) for name in names})


@operation(
    "GET",
    "/conferences/<code:code>/letters",
    tag="conferences",
    summary="List the letters about a conference",
    capability="conference.view",
    response=Page[LetterOfConference],
    query=PageQuery,
)
def list_letters(code: str, query: PageQuery) -> Page[LetterOfConference]:
    """The newest first: all for who belongs to the host, else those to the caller's sites."""
    session = read_session()
    known = in_sight(session, current_actor(), conference_in_sight(session, code))
    wanted = (
        select(OutboxLetter)
        .where(known, *after_id(OutboxLetter.id, query.cursor, newest_first=True))
        .order_by(OutboxLetter.id.desc())
        .limit(query.limit + 1)
    )
    rows = session.scalars(wanted).all()
    return page_of(rows, query.limit, _to_schema, lambda letter: [letter.id])
