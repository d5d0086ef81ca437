"""Dead letters: messages that could not be read or stored, and their second chance."""

import base64
from typing import Annotated, Final, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from hub.access.actor import current_actor
from hub.api import ApiAnswer, Instant, Page, PageQuery, operation, page_of
from hub.cursors import read_cursor
from hub.db import read_session
from hub.errors import NotFound
from smartcity.models import DeadLetter
from smartcity.quarantine import queries
from smartcity.quarantine.services import drop_letters, replay_letters

VIEW: Final = "intake.view"
HANDLE: Final = "intake.handle"
State = Literal["open", "replayed", "dropped"]


class DeadLetterAnswer(ApiAnswer):
    """One message; the first 4 KB of its payload in base64, its whole size in bytes."""

    id: int
    topic: str
    reason: str
    unit: str
    device: str
    received_at: Instant
    state: State
    replayed_at: Instant | None
    payload_size: int
    payload_base64: str


class DeadLetterQuery(PageQuery):
    """Filters; ``reason`` is how the reason begins."""

    status: State = "open"
    reason: Annotated[str, Field(max_length=100)] = ""
    device: Annotated[str, Field(max_length=80)] = ""


PAYLOAD_SHOWN: Final = 4096


def _to_schema(letter: DeadLetter) -> DeadLetterAnswer:
    return DeadLetterAnswer.model_construct(
        id=letter.id,
        topic=letter.topic,
        reason=letter.reason,
        unit=letter.unit_code,
        device=letter.device_code,
        received_at=letter.received_at,
        state=letter.state,
        replayed_at=letter.replayed_at,
        payload_size=letter.payload_size,
        payload_base64=base64.b64encode(letter.payload[:PAYLOAD_SHOWN]).decode(),
    )


@operation(
    "GET",
    "/dead-letters",
    tag="dead-letters",
    summary="List dead letters",
    capability=VIEW,
    response=Page[DeadLetterAnswer],
    query=DeadLetterQuery,
)
def list_dead_letters(query: DeadLetterQuery) -> Page[DeadLetterAnswer]:
    """Dead letters of the caller's area, newest first."""
    place = read_cursor(query.cursor, 1)
    rows = queries.dead_letters(
        read_session(),
        current_actor().scope_for(VIEW),
        queries.LetterFilter(query.status, query.reason, query.device),
        before_id=place[0] if place else None,
        limit=query.limit + 1,
    )
    return page_of(rows, query.limit, _to_schema, lambda letter: [letter.id])


def _in_reach(session: Session, letter_id: int, capability: str) -> DeadLetter:
    scope = current_actor().scope_for(capability)
    letter = queries.dead_letter(session, letter_id, scope)
    if letter is None:
        raise NotFound("")
    return letter


@operation(
    "GET",
    "/dead-letters/<id:letter_id>",
    tag="dead-letters",
    summary="Read a dead letter",
    capability=VIEW,
    response=DeadLetterAnswer,
)
def read_dead_letter(letter_id: int) -> DeadLetterAnswer:
    """One dead letter by its id."""
    return _to_schema(_in_reach(read_session(), letter_id, VIEW))


@operation(
    "POST",
    "/dead-letters/<id:letter_id>/replay",
    tag="dead-letters",
    summary="Replay a dead letter",
    capability=HANDLE,
    response=DeadLetterAnswer,
    errors=(409, 503),
)
def replay_dead_letter(session: Session, letter_id: int) -> DeadLetterAnswer:
    """Take it in as if it came now; it stays open, with the new reason, when refused again."""
    letter = _in_reach(session, letter_id, HANDLE)
    replay_letters(session, current_actor(), [letter_id])
    return _to_schema(letter)


@operation(
    "POST",
    "/dead-letters/<id:letter_id>/drop",
    tag="dead-letters",
    summary="Drop a dead letter",
    capability=HANDLE,
    response=DeadLetterAnswer,
)
def drop_dead_letter(session: Session, letter_id: int) -> DeadLetterAnswer:
    """Put it aside for good; it stays listed as dropped until retention."""
    letter = _in_reach(session, letter_id, HANDLE)
    drop_letters(session, current_actor(), [letter_id])
    return _to_schema(letter)
