"""What is checked for ``/readyz``: database, schema, leader of the workers, outbox, disk.

The halves add their own checks through ``hub.main.wiring``.
"""

import fcntl
import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Protocol

from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import Settings
from hub import clock
from hub.db import read_session
from hub.health.beats import WORKER, beat_age
from hub.journal import last_seq
from hub.migrate import head_revision
from hub.outbox import OutboxLetter
from hub.ticks import LEADER_KEY, LEADER_LOCK

# Retries of a letter that was refused do not count; those that wait for their first try do.
OUTBOX_LATE = timedelta(minutes=5)
# The worker beats every five seconds; one that hangs keeps its lock but not its beat.
BEAT_LATE = timedelta(minutes=1)
# The clocks of two machines differ a little; more means that one of them was set.
BEAT_AHEAD = timedelta(seconds=30)
# A letter that was given up is an alarm until somebody tries again or a week has passed.
FAILED_SHOWN = timedelta(days=7)
LEAST_FREE_BYTES = 1_000_000_000
LEAST_FREE_SHARE = 0.05
EXTENSION = "hub.health"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HealthReading:
    """One thing checked: a word for people, and figures for Prometheus by their full name."""

    name: str
    is_well: bool
    detail: str
    figures: Mapping[str, float] = field(default_factory=dict)


class Check(Protocol):
    """Reads one part of the whole; the name of the function names it when it breaks."""

    __name__: str

    def __call__(self, session: Session, settings: Settings, /) -> list[HealthReading]: ...


def database(session: Session, settings: Settings) -> list[HealthReading]:
    """Asks the database for anything at all; the error is the caller's to handle."""
    session.execute(text("SELECT 1"))
    return [HealthReading("database", True, "sqlite" if settings.is_sqlite else "postgresql")]


def schema(session: Session, settings: Settings) -> list[HealthReading]:
    """Checks that the tables are those that this version of the product expects."""
    at = MigrationContext.configure(session.connection()).get_current_revision()
    wanted = _newest()
    return [HealthReading("schema", at == wanted, f"at {at}, newest {wanted}")]


@cache
def _newest() -> str:
    return head_revision()


def leader(session: Session, settings: Settings) -> list[HealthReading]:
    """Checks that one worker leads, so reminders and mail are looked after."""
    if settings.is_sqlite:
        leads = _is_locked(settings.instance_dir / LEADER_LOCK)
    else:
        leads = bool(session.scalar(_HOLDERS, {"high": LEADER_KEY >> 32, "low": LEADER_KEY}))
    if not leads:
        return [HealthReading("worker", False, "no worker leads")]
    age = beat_age(session, WORKER)
    if age is None:
        return [HealthReading("worker", True, "leads, has just begun")]
    seconds = age.total_seconds()
    figures = {"hub_worker_beat_age_seconds": seconds}
    if age < -BEAT_AHEAD:
        return [HealthReading("worker", False, "its last beat lies in the future", figures)]
    return [
        HealthReading("worker", age < BEAT_LATE, f"leads, last beat {seconds:.0f} s ago", figures)
    ]


# Locks of other databases of the same cluster are not ours.
_HOLDERS = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND classid = :high AND objid = :low"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
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


def outbox(session: Session, settings: Settings) -> list[HealthReading]:
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
    return [HealthReading("outbox", age < OUTBOX_LATE, detail, figures), _letters_failed(session)]


def _letters_failed(session: Session) -> HealthReading:
    failed = (
        OutboxLetter.state == "failed",
        OutboxLetter.created_at > clock.now() - FAILED_SHOWN,
    )
    count = session.scalar(select(func.count()).where(*failed)) or 0
    return HealthReading(
        "letters", not count, f"{count} given up this week", {"hub_letters_failed": float(count)}
    )


def disk(session: Session, settings: Settings) -> list[HealthReading]:
    """Checks that there is room left long before the broker or the database runs out of it."""
    usage = shutil.disk_usage(settings.instance_dir)
    least = min(LEAST_FREE_BYTES, usage.total * LEAST_FREE_SHARE)
    return [
        HealthReading(
            "disk",
            usage.free >= least,
            f"{usage.free / 1e9:.1f} GB of {usage.total / 1e9:.1f} GB free",
            {"hub_disk_free_bytes": float(usage.free)},
        )
    ]


def journal(session: Session, settings: Settings) -> list[HealthReading]:
    """Reads how far the journal has come; it is never ill by itself."""
    seq = last_seq(session)
    return [HealthReading("journal", True, f"seq {seq}", {"hub_journal_seq": float(seq)})]


OWN: tuple[Check, ...] = (database, schema, leader, outbox, journal, disk)


def take_readings(app: Flask) -> list[HealthReading]:
    """Runs every check; one that breaks is a reading that is not well, not an error."""
    settings: Settings = app.extensions["hub.settings"]
    found: list[HealthReading] = []
    for check in app.extensions[EXTENSION]:
        try:
            found += check(read_session(), settings)
        except SQLAlchemyError:
            logger.exception("health check %s: the database does not answer", check.__name__)
            read_session().rollback()
            found.append(HealthReading(check.__name__, False, "does not answer"))
            if check is database:
                # Nothing can be said about the rest, and asking again only takes time.
                break
    return found
