"""The letters about a conference: invitations, changes, reminders, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, load_only

from hub.errors import NotFound
from hub.outbox import OutboxLetter

SHOWN = 2000


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where the letters of a conference stand; ``first_sent_at`` is when inviting began."""

    sent: int
    waiting: int
    failed: int
    first_sent_at: datetime | None

    @property
    def total(self) -> int:
        """Letters that count; those withdrawn by a later change do not."""
        return self.sent + self.waiting + self.failed


def letters_of(session: Session, conference_id: int) -> Sequence[OutboxLetter]:
    """Return the letters of a conference without their bodies, newest first."""
    key = f"conference:{conference_id}"
    about = or_(OutboxLetter.subject_key == key, OutboxLetter.subject_key.startswith(f"{key}:"))
    columns = load_only(
        OutboxLetter.kind,
        OutboxLetter.subject,
        OutboxLetter.to_email,
        OutboxLetter.to_name,
        OutboxLetter.state,
        OutboxLetter.attempts,
        OutboxLetter.not_before,
        OutboxLetter.created_at,
        OutboxLetter.sent_at,
        OutboxLetter.last_error,
    )
    query = select(OutboxLetter).options(columns).where(about)
    return session.scalars(query.order_by(OutboxLetter.id.desc()).limit(SHOWN)).all()


def letter_of(session: Session, conference_id: int, letter_id: int) -> OutboxLetter:
    """Return one letter of a conference.

    Raises:
        NotFound: there is none, or it belongs to another conference.
    """
    letter = session.get(OutboxLetter, letter_id)
    key = f"conference:{conference_id}"
    if letter is None or not f"{letter.subject_key}:".startswith(f"{key}:"):
        raise NotFound("")
    return letter


def delivery_of(letters: Sequence[OutboxLetter]) -> Delivery:
    """Count the letters by what became of them."""
    states = [letter.state for letter in letters]
    sent = [letter.sent_at for letter in letters if letter.sent_at is not None]
    return Delivery(
        sent=states.count("sent"),
        waiting=sum(state in ("new", "sending", "retry") for state in states),
        failed=states.count("failed"),
        first_sent_at=min(sent, default=None),
    )
