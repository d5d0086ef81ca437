"""What could not be taken in, and how ingest itself is doing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from hub.access.actor import Scope
from hub.access.models import OrgUnit
from smartcity.models import DeadLetter, IngestSlot, QuarantinedDevice, QuarantinedMessage

PAGE: Final = 50
SLOT_LATE: Final = timedelta(seconds=20)
LETTER_STATES: Final = ("open", "replayed", "dropped")


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """What to list; ``reason`` is the first word group of the reason, before a colon."""

    state: str = "open"
    reason: str = ""
    device_code: str = ""


def unit_code_clause(scope: Scope, column: ColumnElement[str]) -> ColumnElement[bool]:
    """Return "this unit code lies in the scope"; only who sees everything sees foreign codes."""
    if scope.everything:
        return column.is_not(None)
    inside = select(OrgUnit.code).where(scope.clause(OrgUnit.id))
    is_root = select(OrgUnit.id).where(OrgUnit.parent_id.is_(None), scope.clause(OrgUnit.id))
    return column.in_(inside) | is_root.exists()


def _narrowed(scope: Scope, wanted: LetterFilter) -> list[ColumnElement[bool]]:
    clauses = [unit_code_clause(scope, DeadLetter.__table__.c.unit_code)]
    if wanted.reason:
        clauses.append(DeadLetter.reason.startswith(wanted.reason, autoescape=True))
    if wanted.device_code:
        clauses.append(DeadLetter.device_code == wanted.device_code)
    return clauses


def dead_letters(
    session: Session,
    scope: Scope,
    wanted: LetterFilter,
    *,
    before_id: int | None = None,
    limit: int = PAGE,
) -> Sequence[DeadLetter]:
    """Return a page of dead letters, newest first."""
    query = select(DeadLetter).where(*_narrowed(scope, wanted), DeadLetter.state == wanted.state)
    if before_id is not None:
        query = query.where(DeadLetter.id < before_id)
    return session.scalars(query.order_by(DeadLetter.id.desc()).limit(limit)).all()


def dead_letter_counts(session: Session, scope: Scope, wanted: LetterFilter) -> dict[str, int]:
    """Return how many there are in each state under the same filter."""
    query = (
        select(DeadLetter.state, func.count())
        .where(*_narrowed(scope, wanted))
        .group_by(DeadLetter.state)
    )
    found = dict(session.execute(query).all())
    return {state: found.get(state, 0) for state in LETTER_STATES}


def dead_letter_reasons(session: Session, scope: Scope, state: str) -> list[tuple[str, int]]:
    """Return the kinds of reason with their counts, the commonest first."""
    query = (
        select(DeadLetter.reason, func.count())
        .where(*_narrowed(scope, LetterFilter()), DeadLetter.state == state)
        .group_by(DeadLetter.reason)
        .order_by(func.count().desc())
        .limit(500)
    )
    counts: dict[str, int] = {}
    for reason, count in session.execute(query):
        kind = reason.partition(":")[0]
        counts[kind] = counts.get(kind, 0) + count
    return sorted(counts.items(), key=lambda item: -item[1])[:8]


def dead_letter(session: Session, letter_id: int, scope: Scope) -> DeadLetter | None:
    """Return one dead letter inside the scope."""
    query = select(DeadLetter).where(
        DeadLetter.id == letter_id,
        unit_code_clause(scope, DeadLetter.__table__.c.unit_code),
    )
    return session.scalars(query).one_or_none()


def quarantine(session: Session, scope: Scope, decided: str = "") -> Sequence[QuarantinedDevice]:
    """Return the quarantined devices with this decision ("" for none yet), busiest first."""
    query = (
        select(QuarantinedDevice)
        .where(
            QuarantinedDevice.decided == decided,
            unit_code_clause(scope, QuarantinedDevice.__table__.c.unit_code),
        )
        .order_by(QuarantinedDevice.last_seen_at.desc())
        .limit(200)
    )
    return session.scalars(query).all()


def quarantine_count(session: Session, scope: Scope) -> int:
    """Return how many devices wait for a decision."""
    query = select(func.count()).where(
        QuarantinedDevice.decided == "",
        unit_code_clause(scope, QuarantinedDevice.__table__.c.unit_code),
    )
    return session.scalar(query) or 0


def quarantined_messages(session: Session, device_id: int) -> Sequence[QuarantinedMessage]:
    """Return the kept messages of a quarantined device, oldest first."""
    query = select(QuarantinedMessage).where(QuarantinedMessage.quarantined_device_id == device_id)
    return session.scalars(query.order_by(QuarantinedMessage.id)).all()


@dataclass(frozen=True, slots=True)
class SlotHealth:
    """One ingest process; ``is_late`` when its heartbeat is older than it should be."""

    slot: int
    broker_state: str
    broker_kind: str
    heartbeat_at: datetime
    last_message_at: datetime | None
    message_count: int
    is_late: bool


def ingest_health(session: Session, now: datetime) -> list[SlotHealth]:
    """Return every ingest slot that ever beat."""
    rows = session.scalars(select(IngestSlot).order_by(IngestSlot.slot)).all()
    return [
        SlotHealth(
            slot=row.slot,
            broker_state=row.broker_state,
            broker_kind=row.broker_kind,
            heartbeat_at=row.heartbeat_at,
            last_message_at=row.last_message_at,
            message_count=row.message_count,
            is_late=now - row.heartbeat_at > SLOT_LATE,
        )
        for row in rows
    ]
