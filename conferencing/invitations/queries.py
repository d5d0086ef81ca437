"""The letters about a conference: invitations, changes, reminders, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, load_only

from conferencing.models import Conference, Site
from hub.access.actor import Actor
from hub.errors import NotFound
from hub.outbox import OutboxLetter

SHOWN = 2000


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where letters stand; ``withdrawn`` gave way to a later one, ``first_sent_at`` began it."""

    sent: int
    waiting: int
    failed: int
    withdrawn: int
    first_sent_at: datetime | None

    @property
    def total(self) -> int:
        """Letters that count; those withdrawn by a later change do not."""
        return self.sent + self.waiting + self.failed


def about(conference_id: int) -> ColumnElement[bool]:
    """Return the condition "a letter about this conference"."""
    key = f"conference:{conference_id}"
    return or_(OutboxLetter.subject_key == key, OutboxLetter.subject_key.startswith(f"{key}:"))


def in_sight(session: Session, actor: Actor, conference: Conference) -> ColumnElement[bool]:
    """Return the condition "a letter about this conference that the actor may know of".

    Who belongs to the host, or invited, knows all; others those to the sites of their part of the
    province and to themselves.
    """
    organizes = conference.organizer_id is not None and conference.organizer_id == actor.user_id
    if organizes or actor.scope.covers(conference.host_unit):
        return about(conference.id)
    own = session.scalars(select(Site.id).where(actor.scope.clause(Site.unit_id)))
    # A letter's key ends with that of its recipient: see ``services.site_recipient``.
    known = [OutboxLetter.dedupe_key.endswith(f":s{site_id}") for site_id in own]
    mine = OutboxLetter.to_email == (actor.email or "-").lower()
    return about(conference.id) & or_(mine, *known)


def letters_of(session: Session, which: ColumnElement[bool]) -> Sequence[OutboxLetter]:
    """Return letters without their bodies, newest first."""
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
    query = select(OutboxLetter).options(columns).where(which)
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


def delivery_of(session: Session, which: ColumnElement[bool]) -> Delivery:
    """Count letters by what became of them."""
    query = (
        select(OutboxLetter.state, func.count(), func.min(OutboxLetter.sent_at))
        .where(which)
        .group_by(OutboxLetter.state)
    )
    counts: dict[str, int] = {}
    moments: list[datetime] = []
    for state, count, first in session.execute(query):
        counts[state] = int(count)
        moments += [first] if first is not None else []
    return Delivery(
        sent=counts.get("sent", 0),
        waiting=sum(counts.get(state, 0) for state in ("new", "sending", "retry")),
        failed=counts.get("failed", 0),
        withdrawn=counts.get("superseded", 0),
        first_sent_at=min(moments, default=None),
    )
