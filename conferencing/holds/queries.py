"""Which spans of rooms, sites and bridges are taken: the one source of every availability."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, func, select
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
    is_drill: bool = False


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
            Conference.code.label("conference"),
            Conference.title,
            Conference.id.label("conference_id"),
            Hold.occurrence_id,
            Conference.priority,
            Conference.is_drill,
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
        BusyRow(
            BusyBlock(row.code, Interval(row.starts_at, row.ends_at), row.conference, row.title),
            row.conference_id,
            row.occurrence_id,
            row.priority,
            row.is_drill,
        )
        for row in session.execute(query)
    ]


def busy_spans(
    session: Session, resource_ids: Sequence[int], window: Interval, ignore: int | None = None
) -> dict[str, list[Interval]]:
    """Return the taken spans by resource code."""
    ids = sorted(set(resource_ids))
    codes = dict(list(session.execute(_codes(ids))))
    spans, pairs = spans_and_takers(session, ids, window, ignore)
    found: dict[str, list[Interval]] = {}
    for resource_id, occurrence_id in pairs:
        found.setdefault(codes[resource_id], []).append(spans[occurrence_id])
    return found


def _codes(resource_ids: Sequence[int]) -> Select[int, str]:
    return select(Resource.id, Resource.code).where(Resource.id.in_(resource_ids))


def spans_and_takers(
    session: Session, resource_ids: Sequence[int], window: Interval, ignore: int | None = None
) -> tuple[dict[int, Interval], list[tuple[int, int]]]:
    """Return the span of each occurrence, and (resource id, occurrence id) of each hold.

    All holds of an occurrence have one span, so ten thousand holds cost some dozens of moments.
    """
    wanted = [
        Hold.resource_id.in_(resource_ids),
        Hold.state.in_(ACTIVE),
        *overlapping(Hold.starts_at, Hold.ends_at, window),
    ]
    if ignore is not None:
        own = select(Occurrence.id).where(Occurrence.conference_id == ignore)
        wanted.append(Hold.occurrence_id.not_in(own))
    times = (
        select(Hold.occurrence_id, func.min(Hold.starts_at), func.max(Hold.ends_at))
        .where(*wanted)
        .group_by(Hold.occurrence_id)
    )
    spans = {id_: Interval(starts, ends) for id_, starts, ends in session.execute(times)}
    takers = session.execute(select(Hold.resource_id, Hold.occurrence_id).where(*wanted))
    return spans, [(resource, occurrence) for resource, occurrence in takers if occurrence in spans]


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
