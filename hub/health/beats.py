"""Leaving and reading signs of life."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hub.clock import now
from hub.health.models import Heartbeat

WORKER = "worker"


def beat(session: Session, name: str, detail: str = "") -> None:
    """Leave a sign of life under a name."""
    session.merge(Heartbeat(name=name, at=now(), detail=detail[:200]))


def last_beat(session: Session, name: str) -> tuple[datetime, str] | None:
    """Return when something was last said under a name and what, None when never."""
    row = session.get(Heartbeat, name, populate_existing=True)
    return (row.at, row.detail) if row else None


def beat_age(session: Session, name: str) -> timedelta | None:
    """Return how old the last sign of life is, None when there never was one."""
    row = session.get(Heartbeat, name, populate_existing=True)
    return now() - row.at if row else None
