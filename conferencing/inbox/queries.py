"""Invitations without an answer: of the sites where somebody may answer, of dates to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Subquery, func, select
from sqlalchemy.orm import Session, joinedload

from conferencing.invitations.answers import WAITING
from conferencing.models import Conference, ConferenceChange, ConferenceSite, Occurrence, Site
from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.clock import local, now

# No date is longer than a week, so none that began before that still lasts.
LONGEST: Final = timedelta(days=8)
KEEPS: Final = "site.manage"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One invitation without an answer, as light as counting needs it."""

    conference_id: int
    starts_at: datetime
    unit_path: str

    @property
    def day(self) -> date:
        """The day of the next date, as the province counts days."""
        return local(self.starts_at).date()


def next_dates(at: datetime) -> Subquery:
    """Return by conference its next date that is not over: ``starts_at`` and ``ends_at``."""
    return (
        select(
            Occurrence.conference_id,
            func.min(Occurrence.starts_at).label("starts_at"),
            func.min(Occurrence.ends_at).label("ends_at"),
            func.count().label("dates"),
        )
        .where(*_still_to_come(at))
        .group_by(Occurrence.conference_id)
        .subquery()
    )


def _still_to_come(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Occurrence.status != "CANCELLED",
        Occurrence.starts_at > at - LONGEST,
        Occurrence.ends_at > at,
        Occurrence.ended_at.is_(None),
    )


def without_answer() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions "has not answered" and "is still wanted"."""
    return ConferenceSite.partstat == WAITING, Conference.status != "CANCELLED"


def _kept_by(actor: Actor) -> ColumnElement[bool]:
    return actor.scope_for(KEEPS).clause(Site.unit_id)


def count_waiting(session: Session, actor: Actor) -> int:
    """Return how many conferences wait for an answer of this person's sites."""
    ahead = select(Occurrence.conference_id).where(*_still_to_come(now()))
    query = (
        select(func.count(ConferenceSite.conference_id.distinct()))
        .join(Site, Site.id == ConferenceSite.site_id)
        .join(Conference, Conference.id == ConferenceSite.conference_id)
        .where(
            ConferenceSite.conference_id.in_(ahead),
            *without_answer(),
            _kept_by(actor),
        )
    )
    return int(session.scalar(query) or 0)


def waiting_of(session: Session, actor: Actor) -> list[Waiting]:
    """Return every invitation that waits for an answer of this person, the nearest first."""
    dates = next_dates(now())
    query = (
        select(ConferenceSite.conference_id, dates.c.starts_at, OrgUnit.path)
        .join(Site, Site.id == ConferenceSite.site_id)
        .join(OrgUnit, OrgUnit.id == Site.unit_id)
        .join(Conference, Conference.id == ConferenceSite.conference_id)
        .join(dates, dates.c.conference_id == ConferenceSite.conference_id)
        .where(*without_answer(), _kept_by(actor))
        .order_by(dates.c.starts_at, ConferenceSite.conference_id)
    )
    return [Waiting(*columns) for columns in session.execute(query)]


def conferences_of(session: Session, ids: Sequence[int]) -> dict[int, Conference]:
    """Return conferences with what a card shows of them, by id."""
    query = (
        select(Conference)
        .where(Conference.id.in_(ids))
        .options(joinedload(Conference.host_unit), joinedload(Conference.room))
    )
    return {conference.id: conference for conference in session.scalars(query)}


def next_date_of(session: Session, conference_ids: Sequence[int]) -> dict[int, Any]:
    """Return the next date of conferences by their id: ``starts_at``, ``ends_at``, ``dates``."""
    dates = next_dates(now())
    query = select(dates).where(dates.c.conference_id.in_(conference_ids))
    return {row.conference_id: row for row in session.execute(query)}


def sites_waiting(session: Session, actor: Actor, conference_id: int) -> Sequence[ConferenceSite]:
    """Return the sites of one conference that wait for this person's answer."""
    query = (
        select(ConferenceSite)
        .join(Site, Site.id == ConferenceSite.site_id)
        .join(Conference, Conference.id == ConferenceSite.conference_id)
        .where(ConferenceSite.conference_id == conference_id, *without_answer(), _kept_by(actor))
        .options(joinedload(ConferenceSite.site).joinedload(Site.unit))
    )
    return session.scalars(query).all()


def batch_of(
    session: Session, actor: Actor, conference: Conference, at: datetime
) -> list[dict[str, Any]]:
    """Return what the history keeps of the answers the actor wrote at one moment."""
    query: Select[dict[str, Any]] = select(ConferenceChange.detail).where(
        ConferenceChange.conference_id == conference.id,
        ConferenceChange.verb == "answered",
        ConferenceChange.at == at,
    )
    return [
        detail
        for detail in session.scalars(query.order_by(ConferenceChange.id))
        if "was" in detail and detail.get("user") == actor.user_id
    ]
