"""Which spans of rooms, sites and bridges are taken: the one source of every availability."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from conferencing.domain.conflicts import BusyBlock
from conferencing.domain.conflicts import PortUse as PortSpan
from conferencing.domain.interval import Interval
from conferencing.models import Conference, Hold, Occurrence, PortUse, Resource
from hub.clock import now

ACTIVE: Final = ("held", "confirmed")
# No hold is longer (checked in the database); the bound lets an index skip the past.
LONGEST: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class BusyRow:
    """One taken span of a resource and the conference that took it."""

    block: BusyBlock
    conference_id: int
    occurrence_id: int
    priority: int


def overlapping(
    starts: InstrumentedAttribute[object] | ColumnElement[object],
    ends: InstrumentedAttribute[object] | ColumnElement[object],
    window: Interval,
) -> list[ColumnElement[bool]]:
    """Return the conditions "shares a moment with the window"."""
    return [starts < window.end, starts > window.start - LONGEST, ends > window.start]


def busy_rows(
    session: Session,
    resource_ids: Iterable[int],
    window: Interval,
    ignore_conference_id: int | None = None,
) -> list[BusyRow]:
    """Return what is taken of the resources inside the window; lapsed holds do not count."""
    query = (
        select(
            Resource.code,
            Hold.starts_at,
            Hold.ends_at,
            Hold.occurrence_id,
            Conference.id,
            Conference.code,
            Conference.title,
            Conference.priority,
        )
        .join(Resource, Resource.id == Hold.resource_id)
        .join(Occurrence, Occurrence.id == Hold.occurrence_id)
        .join(Conference, Conference.id == Occurrence.conference_id)
        .where(
            Hold.resource_id.in_(sorted(set(resource_ids))),
            Hold.state.in_(ACTIVE),
            (Hold.expires_at.is_(None)) | (Hold.expires_at > now()),
            *overlapping(Hold.starts_at, Hold.ends_at, window),
        )
    )
    if ignore_conference_id is not None:
        query = query.where(Conference.id != ignore_conference_id)
    return [
        BusyRow(BusyBlock(code, Interval(starts, ends), conference, title), id_, occurrence, prio)
        for code, starts, ends, occurrence, id_, conference, title, prio in session.execute(query)
    ]


def busy_spans(
    session: Session, resource_ids: Sequence[int], window: Interval, ignore: int | None = None
) -> dict[str, list[Interval]]:
    """Return the taken spans by resource code."""
    query = (
        select(Resource.code, Hold.starts_at, Hold.ends_at)
        .join(Resource, Resource.id == Hold.resource_id)
        .where(
            Hold.resource_id.in_(sorted(set(resource_ids))),
            Hold.state.in_(ACTIVE),
            *overlapping(Hold.starts_at, Hold.ends_at, window),
        )
    )
    if ignore is not None:
        own = select(Occurrence.id).where(Occurrence.conference_id == ignore)
        query = query.where(Hold.occurrence_id.not_in(own))
    found: dict[str, list[Interval]] = {}
    for code, starts, ends in session.execute(query):
        found.setdefault(code, []).append(Interval(starts, ends))
    return found


def port_spans(
    session: Session, bridge_id: int, window: Interval, ignore: int | None = None
) -> list[PortSpan]:
    """Return the uses of a bridge's ports inside the window."""
    query = select(PortUse.starts_at, PortUse.ends_at, PortUse.ports).where(
        PortUse.bridge_id == bridge_id,
        PortUse.state.in_(ACTIVE),
        *overlapping(PortUse.starts_at, PortUse.ends_at, window),
    )
    if ignore is not None:
        own = select(Occurrence.id).where(Occurrence.conference_id == ignore)
        query = query.where(PortUse.occurrence_id.not_in(own))
    return [
        PortSpan(Interval(starts, ends), ports) for starts, ends, ports in session.execute(query)
    ]
