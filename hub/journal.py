"""Append-only facts with a commit-ordered ``seq``: what the live view must not miss.

Commit order matters: a reader that has seen ``seq`` n must never later meet n-1. On SQLite
there is one writer at a time; on PostgreSQL an advisory lock held to the end of the
transaction gives the same, so :func:`record` comes last in a transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Index, String, func, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.clock import now
from hub.contributions import Contributions
from hub.db import Base, BigId, dialect_name

# Every kind there is: each half declares its own.
KINDS: Final = Contributions[str]("journal_kinds")
CHANNEL = "hub_journal"
LOCK_KEY = 0x4E434A  # "NCJ"


class JournalEntry(Base):
    """One fact. ``unit_ids`` are the units concerned; readers above or at them may see it."""

    __tablename__ = "hub_journal"
    __table_args__ = (Index("ix_hub_journal_at", "at"), {"sqlite_autoincrement": True})

    seq: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    unit_ids: Mapped[list[Any]]
    data: Mapped[dict[str, Any]]
    is_drill: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact to be journalled; ``data`` must be plain JSON."""

    kind: str
    unit_ids: Sequence[int]
    data: Mapping[str, Any]
    is_drill: bool = False


def record(
    session: Session,
    kind: str,
    *,
    unit_ids: Sequence[int],
    data: Mapping[str, Any],
    drill: bool = False,
) -> None:
    """Append one fact to the journal of this transaction."""
    record_all(session, [Fact(kind, unit_ids, data, drill)])


def record_all(session: Session, facts: Iterable[Fact]) -> None:
    """Append several facts; takes the order lock once."""
    at = now()
    rows = [
        {
            "at": at,
            "kind": fact.kind,
            "unit_ids": sorted(set(fact.unit_ids)),
            "data": dict(fact.data),
            "is_drill": fact.is_drill,
        }
        for fact in facts
    ]
    if not rows:
        return
    session.flush()
    postgres = dialect_name(session) == "postgresql"
    if postgres:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
    session.execute(insert(JournalEntry), rows)
    if postgres:
        session.execute(text(f"NOTIFY {CHANNEL}"))


def entries_since(session: Session, seq: int, limit: int = 500) -> Sequence[JournalEntry]:
    """Return entries after ``seq`` in order, at most ``limit``."""
    query = (
        select(JournalEntry).where(JournalEntry.seq > seq).order_by(JournalEntry.seq).limit(limit)
    )
    return session.scalars(query).all()


def last_seq(session: Session) -> int:
    """Return the newest ``seq``, 0 when the journal is empty."""
    return session.scalar(select(func.max(JournalEntry.seq))) or 0
