"""Leaving and reading signs of life."""

from datetime import datetime, timedelta

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.clock import now
from hub.db import Base


class Heartbeat(Base):
    """The last sign of life under a name, such as ``worker``."""

    __tablename__ = "hub_heartbeat"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime]
    detail: Mapped[str] = mapped_column(String(200), default="")


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
