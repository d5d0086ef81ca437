"""The list of conferences: one row per conference at its next (or last) date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from conferencing.access.queries import visible_to
from conferencing.models import Conference, ConferenceSite, Occurrence
from hub.accounts.actor import Actor
from hub.clock import now
from hub.text import fold

When = Literal["upcoming", "past", "mine", "cancelled"]


@dataclass(frozen=True, slots=True)
class ConferenceRow:
    """A conference with the date that puts it into the list, and its answers so far."""

    conference: Conference
    occurrence: Occurrence
    sites: int
    accepted: int
    declined: int
    waiting: int
    dates: int


def conference_list(
    session: Session, actor: Actor, when: When, text: str, offset: int, limit: int
) -> tuple[list[ConferenceRow], dict[When, int]]:
    """Return a page of rows, and how many conferences each list has for this text."""
    at = now()
    base = [visible_to(actor), *_matches(text)]
    kinds: tuple[When, ...] = ("upcoming", "past", "mine", "cancelled")
    counts: dict[When, int] = {
        kind: int(
            session.scalar(
                select(func.count()).select_from(Conference).where(*base, _belongs(kind, actor, at))
            )
            or 0
        )
        for kind in kinds
    }
    dates = _dates(when, at).subquery()
    backwards = when in ("past", "cancelled")
    order = dates.c.starts_at.desc() if backwards else dates.c.starts_at
    query = (
        select(Conference)
        .join(dates, dates.c.conference_id == Conference.id)
        .where(*base, _belongs(when, actor, at))
        .order_by(order, Conference.id)
        .offset(offset)
        .limit(limit)
    )
    found = session.scalars(query).all()
    return _rows(session, found, backwards, at), counts


def _matches(text: str) -> list[ColumnElement[bool]]:
    return [
        or_(
            Conference.title_fold.contains(word, autoescape=True),
            func.lower(Conference.code).contains(word, autoescape=True),
        )
        for word in fold(text).split()
    ]


def _belongs(when: When, actor: Actor, at: datetime) -> ColumnElement[bool]:
    # An exists of its own, so that a series counts once however many dates it has.
    ahead = (
        select(Occurrence.id)
        .where(
            Occurrence.conference_id == Conference.id,
            Occurrence.status != "CANCELLED",
            Occurrence.ends_at > at,
            Occurrence.ended_at.is_(None),
        )
        .exists()
    )
    held = Conference.status != "CANCELLED"
    match when:
        case "upcoming":
            return held & ahead
        case "past":
            return held & ~ahead
        case "mine":
            return Conference.organizer_id == (actor.user_id or 0)
        case "cancelled":
            return Conference.status == "CANCELLED"


def _dates(when: When, at: datetime) -> Select[tuple[int, datetime]]:
    """Return by conference the date that orders the list: the next one, or the last."""
    query = select(Occurrence.conference_id)
    if when == "upcoming":
        query = query.where(Occurrence.status != "CANCELLED", Occurrence.ends_at > at)
        return query.add_columns(func.min(Occurrence.starts_at).label("starts_at")).group_by(
            Occurrence.conference_id
        )
    return query.add_columns(func.max(Occurrence.starts_at).label("starts_at")).group_by(
        Occurrence.conference_id
    )


def _rows(
    session: Session, conferences: Sequence[Conference], backwards: bool, at: datetime
) -> list[ConferenceRow]:
    ids = [conference.id for conference in conferences]
    dates: dict[int, list[Occurrence]] = {}
    query = select(Occurrence).where(Occurrence.conference_id.in_(ids))
    for occurrence in session.scalars(query.order_by(Occurrence.starts_at)):
        dates.setdefault(occurrence.conference_id, []).append(occurrence)
    answers = _answers(session, ids)
    rows = []
    for conference in conferences:
        own = dates[conference.id]
        held = [o for o in own if o.status != "CANCELLED"] or own
        ahead = [o for o in held if o.ends_at > at and o.ended_at is None]
        shown = ahead[0] if ahead and not backwards else held[-1]
        counted = answers.get(conference.id, {})
        rows.append(
            ConferenceRow(
                conference,
                shown,
                sites=sum(counted.values()),
                accepted=counted.get("ACCEPTED", 0) + counted.get("TENTATIVE", 0),
                declined=counted.get("DECLINED", 0),
                waiting=counted.get("NEEDS-ACTION", 0),
                dates=len(own),
            )
        )
    return rows


def _answers(session: Session, conference_ids: list[int]) -> dict[int, dict[str, int]]:
    query = (
        select(ConferenceSite.conference_id, ConferenceSite.partstat, func.count())
        .where(ConferenceSite.conference_id.in_(conference_ids))
        .group_by(ConferenceSite.conference_id, ConferenceSite.partstat)
    )
    found: dict[int, dict[str, int]] = {}
    for conference_id, partstat, count in session.execute(query):
        found.setdefault(conference_id, {})[partstat] = count
    return found
