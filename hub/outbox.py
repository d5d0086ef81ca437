"""Letters that become mail: rows written with the change, delivered exactly once in effect.

A row is claimed with a lease in one transaction, sent outside any transaction, and marked in
another. A crash in between sends it again with the same Message-ID, which mail clients and
calendar clients recognise (UID and SEQUENCE are the same too).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Index, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.clock import now
from hub.db import Base, BigId, dialect_name
from hub.errors import Conflict

LetterState = Literal["new", "sending", "sent", "retry", "failed", "superseded"]
PENDING = ("new", "retry", "sending")
LEASE = timedelta(minutes=2)
# A mail server may be away over a storm; a letter is worth trying for as long as it helps.
TRIED_FOR = timedelta(days=3)
LONGEST_PAUSE = timedelta(hours=1)


class OutboxLetter(Base):
    """One letter to one address. ``dedupe_key`` makes writing it twice impossible."""

    __tablename__ = "hub_outbox"
    __table_args__ = (
        Index("ix_hub_outbox_due", "state", "not_before"),
        Index("ix_hub_outbox_subject_key", "subject_key"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(250), unique=True)
    subject_key: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40))
    to_email: Mapped[str] = mapped_column(String(200))
    to_name: Mapped[str] = mapped_column(String(200), default="")
    reply_to: Mapped[str] = mapped_column(String(200), default="", server_default="")
    subject: Mapped[str] = mapped_column(String(300))
    text_body: Mapped[str] = mapped_column(Text)
    html_body: Mapped[str] = mapped_column(Text, default="")
    calendar_method: Mapped[str] = mapped_column(String(12), default="")
    calendar_body: Mapped[str] = mapped_column(Text, default="")
    message_id: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12), default="new")
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(String(300), default="")


@dataclass(frozen=True, slots=True)
class Letter:
    """What a service asks to be sent.

    ``subject_key`` groups letters about one thing ("conference:12"), so that a later change can
    supersede what has not left yet; ``dedupe_key`` names this very letter. ``reply_to`` is the
    mailbox of the person who is asked when somebody answers the letter itself.
    """

    dedupe_key: str
    subject_key: str
    kind: str
    to_email: str
    subject: str
    text_body: str
    to_name: str = ""
    reply_to: str = ""
    html_body: str = ""
    calendar_method: str = ""
    calendar_body: str = ""
    not_before: datetime | None = None
    domain: str = field(default="nhipcau.local")


def enqueue(session: Session, letter: Letter) -> OutboxLetter:
    """Add a letter to the outbox of this transaction."""
    return enqueue_all(session, [letter])[0]


def enqueue_all(session: Session, letters: Sequence[Letter]) -> list[OutboxLetter]:
    """Add several letters at once, in order."""
    at = now()
    rows = [_row(letter, at) for letter in letters]
    session.add_all(rows)
    return rows


def _row(letter: Letter, at: datetime) -> OutboxLetter:
    return OutboxLetter(
        dedupe_key=letter.dedupe_key,
        subject_key=letter.subject_key,
        kind=letter.kind,
        to_email=letter.to_email,
        to_name=letter.to_name,
        reply_to=letter.reply_to,
        subject=letter.subject,
        text_body=letter.text_body,
        html_body=letter.html_body,
        calendar_method=letter.calendar_method,
        calendar_body=letter.calendar_body,
        message_id=f"<{letter.dedupe_key.replace(':', '.').replace('@', '.')}@{letter.domain}>",
        state="new",
        not_before=letter.not_before or at,
        created_at=at,
    )


def supersede(session: Session, subject_key: str) -> int:
    """Withdraw letters about ``subject_key`` that have not left; return how many."""
    result = session.execute(
        update(OutboxLetter)
        .where(OutboxLetter.subject_key == subject_key, OutboxLetter.state.in_(("new", "retry")))
        .values(state="superseded")
    )
    return int(getattr(result, "rowcount", 0))


def claim_due(session: Session, limit: int = 20) -> list[OutboxLetter]:
    """Lease letters that are due, so that no other worker takes them."""
    at = now()
    free = (OutboxLetter.state.in_(("new", "retry")) & (OutboxLetter.not_before <= at)) | (
        (OutboxLetter.state == "sending") & (OutboxLetter.lease_until < at)
    )
    # What was never tried goes first: one letter that always hangs holds up nobody else.
    query = select(OutboxLetter).where(free).order_by(OutboxLetter.attempts, OutboxLetter.id)
    query = query.limit(limit)
    if dialect_name(session) == "postgresql":
        query = query.with_for_update(skip_locked=True)
    letters = list(session.scalars(query))
    for letter in letters:
        letter.state = "sending"
        letter.lease_until = at + LEASE
        letter.attempts += 1
    return letters


def mark_sent(session: Session, letter_id: int) -> None:
    """Record that the letter has left, unless a later change withdrew it meanwhile."""
    letter = session.get_one(OutboxLetter, letter_id)
    letter.state, letter.sent_at, letter.lease_until = "sent", now(), None
    letter.last_error = ""


def mark_failed(session: Session, letter_id: int, error: str, *, final: bool) -> None:
    """Record a failed attempt; try again later with growing pauses unless ``final``.

    A letter that somebody gave a new try is tried for as long again.
    """
    letter = session.get_one(OutboxLetter, letter_id)
    letter.last_error, letter.lease_until = error[:300], None
    pause = min(timedelta(seconds=15) * 2 ** min(letter.attempts, 10), LONGEST_PAUSE)
    if final or letter.attempts * LONGEST_PAUSE > TRIED_FOR:
        letter.state = "failed"
        return
    letter.state, letter.not_before = "retry", now() + pause


def retry_letter(letter: OutboxLetter) -> None:
    """Put a letter that failed, or waits for its next attempt, at the head of the queue.

    Raises:
        Conflict: it has left already, is leaving now, or was withdrawn.
    """
    if letter.state not in ("failed", "retry"):
        raise Conflict("")
    letter.state, letter.attempts, letter.not_before = "new", 0, now()
