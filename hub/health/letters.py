"""Letters that wait or were refused, and giving one a new try."""

from collections import Counter
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.audit import record_audit
from hub.clock import now
from hub.errors import Conflict, NotFound
from hub.outbox import PENDING, OutboxLetter

SHOWN = 50


def letter_counts(session: Session) -> Counter[str]:
    """Return how many letters are in each state."""
    query = select(OutboxLetter.state, func.count().label("letters")).group_by(OutboxLetter.state)
    return Counter({row.state: row.letters for row in session.execute(query)})


def letters_to_watch(session: Session) -> Sequence[OutboxLetter]:
    """Return refused letters, then waiting ones, the oldest first."""
    query = (
        select(OutboxLetter)
        .where(OutboxLetter.state.in_(("failed", *PENDING)))
        .order_by((OutboxLetter.state != "failed"), OutboxLetter.id)
        .limit(SHOWN)
    )
    return session.scalars(query).all()


def try_again(session: Session, letter_id: int) -> OutboxLetter:
    """Put a refused letter back in the queue with all its tries.

    Raises:
        NotFound: there is no such letter.
        Conflict: it was not refused, or a later change withdrew it.
    """
    letter = session.get(OutboxLetter, letter_id, with_for_update=True)
    if letter is None:
        raise NotFound("")
    if letter.state not in {"failed", "retry"}:
        raise Conflict(_("Thư này không ở trạng thái bị từ chối."))
    letter.state, letter.attempts, letter.not_before = "retry", 0, now()
    record_audit(session, "hub:letter:retried", str(letter.id))
    return letter
