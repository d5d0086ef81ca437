"""What is checked for ``/readyz``: database, leader of the workers, age of the outbox.

The halves add their own checks through ``hub.wiring``.
"""

import fcntl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from config import Settings
from hub import clock
from hub.outbox import OutboxLetter
from hub.ticks import LEADER_KEY, LEADER_LOCK

# Retries of a letter that was refused do not count; those that wait for their first try do.
OUTBOX_LATE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing checked: a word for people, and figures for Prometheus by their full name."""

    name: str
    is_well: bool
    detail: str
    figures: Mapping[str, float] = field(default_factory=dict)


Check = Callable[[Session, Settings], list[Reading]]


def database(session: Session, settings: Settings) -> list[Reading]:
    """Asks the database for anything at all; the error is the caller's to handle."""
    session.execute(text("SELECT 1"))
    return [Reading("database", True, "sqlite" if settings.is_sqlite else "postgresql")]


def leader(session: Session, settings: Settings) -> list[Reading]:
    """Checks that one worker leads, so reminders and mail are looked after."""
    if settings.is_sqlite:
        leads = _is_locked(settings.instance_dir / LEADER_LOCK)
    else:
        leads = bool(session.scalar(_HOLDERS, {"high": LEADER_KEY >> 32, "low": LEADER_KEY}))
    return [Reading("worker", leads, "leads" if leads else "no worker leads")]


_HOLDERS = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND classid = :high AND objid = :low"
)


def _is_locked(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open("r") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def outbox(session: Session, settings: Settings) -> list[Reading]:
    """Checks that no letter waits long for its first try."""
    now = clock.now()
    waiting = (OutboxLetter.state == "new", OutboxLetter.not_before <= now)
    count = session.scalar(select(func.count()).where(*waiting)) or 0
    oldest = session.scalar(
        select(func.min(OutboxLetter.not_before)).where(*waiting, OutboxLetter.attempts == 0)
    )
    age = (now - oldest) if oldest else timedelta()
    figures = {"hub_outbox_waiting": float(count), "hub_outbox_age_seconds": age.total_seconds()}
    detail = f"{count} waiting, the oldest for {age.total_seconds():.0f} s"
    return [Reading("outbox", age < OUTBOX_LATE, detail, figures)]


OWN: tuple[Check, ...] = (database, leader, outbox)
