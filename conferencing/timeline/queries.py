"""The timeline: rooms and bridges in blocks, sites by district in half-day counts.

160 sites over a month must stay small enough for a bad line, so a site's days are one string
of digits, two per day (morning, afternoon), "9" meaning nine or more.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.access.queries import visible_ids
from conferencing.domain.interval import Interval
from conferencing.holds.queries import ACTIVE, overlapping, spans_and_takers
from conferencing.models import Bridge, Conference, Hold, Occurrence, PortUse, Room, Site
from conferencing.places.rooms.queries import usable_rooms, visible_bridges
from hub.accounts.actor import Actor
from hub.clock import TZ
from hub.orgunits.models import OrgUnit
from hub.orgunits.queries import path_ids
from hub.text import sort_key

NOON: Final = timedelta(hours=12)
MOMENT: Final = timedelta(microseconds=1)
MOST: Final = 9


@dataclass(frozen=True, slots=True)
class Block:
    """A taken span of a room; code None and the title "Bận" when it is not for these eyes."""

    starts_at: datetime
    ends_at: datetime
    code: str | None
    title: str
    priority: int
    is_drill: bool


@dataclass(frozen=True, slots=True)
class RoomLane:
    """A room and its blocks in order."""

    code: str
    name: str
    blocks: list[Block]


@dataclass(frozen=True, slots=True)
class PortLevel:
    """From this moment on, so many ports are in use."""

    at: datetime
    ports: int


@dataclass(frozen=True, slots=True)
class BridgeLane:
    """A bridge, its capacity and the steps of its use."""

    code: str
    name: str
    ports: int
    levels: list[PortLevel]
    peak: int


@dataclass(frozen=True, slots=True)
class SiteLane:
    """A site and its half days."""

    code: str
    name: str
    halves: str


@dataclass(frozen=True, slots=True)
class SiteGroupLanes:
    """The sites of one district (or of the province itself), with the sums of their half days."""

    unit_code: str
    name: str
    sites: list[SiteLane]
    busy: list[int]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything one screen shows from a day on."""

    first_day: date
    days: int
    rooms: list[RoomLane] = field(default_factory=list)
    bridges: list[BridgeLane] = field(default_factory=list)
    groups: list[SiteGroupLanes] = field(default_factory=list)


def timeline(session: Session, actor: Actor, first_day: date, days: int) -> Timeline:
    """Return all lanes for some days."""
    start = datetime(first_day.year, first_day.month, first_day.day, tzinfo=TZ)
    window = Interval(start, start + timedelta(days=days))
    return Timeline(
        first_day,
        days,
        room_lanes(session, actor, window),
        bridge_lanes(session, actor, window),
        site_lanes(session, actor, window),
    )


def room_lanes(session: Session, actor: Actor, window: Interval) -> list[RoomLane]:
    """Return the rooms the actor may use, each with its blocks."""
    rooms = usable_rooms(session, actor)
    query = (
        select(
            Hold.resource_id,
            Hold.starts_at,
            Hold.ends_at,
            Conference.id,
            Conference.code,
            Conference.title,
            Conference.priority,
            Conference.is_drill,
        )
        .join(Occurrence, Occurrence.id == Hold.occurrence_id)
        .join(Conference, Conference.id == Occurrence.conference_id)
        .where(
            Hold.resource_id.in_([room.id for room in rooms]),
            Hold.state.in_(ACTIVE),
            *overlapping(Hold.starts_at, Hold.ends_at, window),
        )
        .order_by(Hold.starts_at)
    )
    rows = session.execute(query).all()
    seen = visible_ids(session, actor, {row[3] for row in rows})
    return [_room_lane(room, [row for row in rows if row[0] == room.id], seen) for room in rooms]


def _room_lane(room: Room, rows: Iterable[Any], seen: set[int]) -> RoomLane:
    blocks = [
        Block(starts, ends, code, title, priority, drill)
        if id_ in seen
        else Block(starts, ends, None, _("Bận"), priority, False)
        for _resource, starts, ends, id_, code, title, priority, drill in rows
    ]
    return RoomLane(room.code, room.name, blocks)


def bridge_lanes(session: Session, actor: Actor, window: Interval) -> list[BridgeLane]:
    """Return the bridges the actor may see, each with the steps of its use."""
    bridges = visible_bridges(session, actor)
    query = select(PortUse.bridge_id, PortUse.starts_at, PortUse.ends_at, PortUse.ports).where(
        PortUse.bridge_id.in_([bridge.id for bridge in bridges]),
        PortUse.state.in_(ACTIVE),
        *overlapping(PortUse.starts_at, PortUse.ends_at, window),
    )
    rows = session.execute(query).all()
    return [_bridge_lane(b, [row for row in rows if row[0] == b.id], window) for b in bridges]


def _bridge_lane(bridge: Bridge, rows: Iterable[Any], window: Interval) -> BridgeLane:
    steps: dict[datetime, int] = {}
    for _bridge_id, starts, ends, ports in rows:
        first, last = max(starts, window.start), min(ends, window.end)
        steps[first] = steps.get(first, 0) + ports
        steps[last] = steps.get(last, 0) - ports
    levels: list[PortLevel] = []
    level = 0
    for moment in sorted(steps):
        level += steps[moment]
        levels.append(PortLevel(moment, level))
    peak = max((step.ports for step in levels), default=0)
    return BridgeLane(bridge.code, bridge.name, bridge.ports, levels, peak)


def site_lanes(session: Session, actor: Actor, window: Interval) -> list[SiteGroupLanes]:
    """Return the sites of the actor's area by the district they lie in."""
    halves = 2 * (window.duration // timedelta(days=1))
    sites = session.execute(
        select(Site.id, Site.code, Site.name, OrgUnit.path, OrgUnit.level)
        .join(OrgUnit, OrgUnit.id == Site.unit_id)
        .where(actor.scope.clause(Site.unit_id), Site.is_active.is_(True))
    ).all()
    counts = _half_days(session, [row[0] for row in sites], window, halves)
    grouped: dict[int, list[Any]] = {}
    for row in sites:
        # The second unit of a path is the district; the province's own sites have only a first.
        above = path_ids(row[3])
        grouped.setdefault(above[min(1, len(above) - 1)], []).append(row)
    units = session.scalars(select(OrgUnit).where(OrgUnit.id.in_(grouped))).all()
    ordered = sorted(units, key=lambda unit: (unit.depth, sort_key(unit.name)))
    return [_group(unit, grouped[unit.id], counts, halves) for unit in ordered]


def _half_days(
    session: Session, site_ids: list[int], window: Interval, halves: int
) -> dict[int, list[int]]:
    spans, pairs = spans_and_takers(session, site_ids, window)
    touched = {id_: _halves_of(span, window, halves) for id_, span in spans.items()}
    counts: dict[int, list[int]] = {}
    for site_id, occurrence_id in pairs:
        row = counts.get(site_id)
        if row is None:
            row = counts[site_id] = [0] * halves
        for half in touched[occurrence_id]:
            row[half] += 1
    return counts


def _halves_of(span: Interval, window: Interval, halves: int) -> range:
    first = max(0, (span.start - window.start) // NOON)
    last = (span.end - MOMENT - window.start) // NOON
    return range(first, min(last + 1, halves))


def _group(
    unit: OrgUnit, rows: list[Any], counts: dict[int, list[int]], halves: int
) -> SiteGroupLanes:
    nothing = [0] * halves
    lanes: list[SiteLane] = []
    busy = [0] * halves
    for id_, code, name, _path, _level in sorted(rows, key=lambda r: (len(r[3]), sort_key(r[2]))):
        row = counts.get(id_, nothing)
        lanes.append(SiteLane(code, name, "".join(str(min(MOST, n)) for n in row)))
        busy = [total + (n > 0) for total, n in zip(busy, row, strict=True)]
    return SiteGroupLanes(unit.code, unit.name, lanes, busy)
