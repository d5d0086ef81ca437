"""Is it free, what stands in the way, and what could be offered instead.

Booking asks here before it writes, pages and API ask here before they book: one engine, so
that a form never promises what the booking refuses (the database still has the last word).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.access.queries import visible_ids
from conferencing.availability.working_days import PublicHolidays
from conferencing.domain.alternatives import SEARCH, Alternative, Search, Wish, find_alternatives
from conferencing.domain.availability import Availability, HeatCell, PortPool, heat
from conferencing.domain.conflicts import (
    Clash,
    PortLevels,
    PortShortage,
    RoomShortage,
    find_clashes,
    port_shortage,
    room_shortage,
    same_for,
)
from conferencing.domain.conflicts import PortUse as PortSpan
from conferencing.domain.interval import Interval, merge
from conferencing.holds.services import BusyRow, busy_rows, busy_spans, port_spans
from conferencing.models import Room, Site
from hub.access.actor import Actor
from hub.clock import TZ, now

OFFERS: Final = 3


@dataclass(frozen=True, slots=True)
class Question:
    """The spans wanted (a series has several) of a room, if any, and of sites."""

    spans: tuple[Interval, ...]
    sites: tuple[Site, ...]
    room: Room | None = None
    ignore_conference_id: int | None = None
    buffered: bool = True

    @property
    def buffer(self) -> timedelta:
        """The set-up time held before each span."""
        minutes = self.room.buffer_minutes if self.room and self.buffered else 0
        return timedelta(minutes=minutes)

    @property
    def held(self) -> tuple[Interval, ...]:
        """The spans as they are held."""
        return tuple(span.widened(self.buffer, timedelta(0)) for span in self.spans)

    @property
    def window(self) -> Interval:
        """From the first moment to the last."""
        held = self.held
        return Interval(min(s.start for s in held), max(s.end for s in held))

    @property
    def resource_ids(self) -> list[int]:
        """What is held whole."""
        return [*([self.room.id] if self.room else []), *(site.id for site in self.sites)]

    def names(self) -> dict[str, str]:
        """Return the name of each resource by code."""
        resources = [*([self.room] if self.room else []), *self.sites]
        return {resource.code: resource.name for resource in resources}


@dataclass(frozen=True, slots=True)
class Findings:
    """What stands in the way; ``ports_left`` is the fewest over the spans, None without a room."""

    question: Question = field(repr=False)
    clashes: tuple[tuple[Clash, BusyRow], ...] = ()
    shortages: tuple[PortShortage, ...] = ()
    room_shortage: RoomShortage | None = None
    ports_left: int | None = None

    @property
    def is_free(self) -> bool:
        """Whether nothing stands in the way."""
        return not (self.clashes or self.shortages or self.room_shortage)


def spans_in_the_way(findings: Findings) -> tuple[Interval, ...]:
    """Return the spans asked for in whose way something is."""
    question = findings.question
    bad = {clash.requested for clash, _row in findings.clashes}
    bad |= {shortage.requested.interval for shortage in findings.shortages}
    pairs = zip(question.spans, question.held, strict=True)
    return tuple(span for span, held in pairs if held in bad)


def check_availability(session: Session, question: Question) -> Findings:
    """Return every clash, every shortage of ports and whether the room joins so many sites."""
    rows = busy_rows(session, question.resource_ids, question.window, question.ignore_conference_id)
    by_block = {id(row.block): row for row in rows}
    wanted = same_for(question.names(), question.held)
    clashes: list[tuple[Clash, BusyRow]] = []
    for row in by_block.values():
        clashes += [(clash, row) for clash in find_clashes(wanted, [row.block])]
    clashes.sort(key=lambda pair: (pair[0].interval.start, pair[0].resource))
    if question.room is None:
        return Findings(question, tuple(clashes))
    bridge, count = question.room.bridge, len(question.sites)
    uses = port_spans(session, bridge.id, question.window, question.ignore_conference_id)
    asked = [PortSpan(span, count) for span in question.held]
    return Findings(
        question,
        tuple(clashes),
        tuple(port_shortage(uses, asked, bridge.ports)),
        room_shortage(count, question.room.capacity),
        PortLevels(uses).left(bridge.ports, question.held),
    )


def first_free(session: Session, question: Question, rooms: Sequence[Room]) -> Room | None:
    """Return the first of the rooms in which all that is asked is free."""
    asked = (replace(question, room=room) for room in rooms)
    return next((q.room for q in asked if check_availability(session, q).is_free), None)


def conflict_items(session: Session, actor: Actor, findings: Findings) -> list[dict[str, Any]]:
    """Return the findings as plain JSON; what the actor may not see is only "Bận"."""
    question = findings.question
    names = question.names()
    seen = visible_ids(session, actor, {row.conference_id for _clash, row in findings.clashes})
    items = [_clash_item(clash, row, names, seen) for clash, row in findings.clashes]
    if question.room is not None:
        bridge = question.room.bridge
        items += [_shortage_item(found, bridge.code, bridge.name) for found in findings.shortages]
    if findings.room_shortage is not None and question.room is not None:
        items.append(_too_small_item(question.room, question.spans[0]))
    return items


def _clash_item(
    clash: Clash, row: BusyRow, names: dict[str, str], seen: set[int]
) -> dict[str, Any]:
    visible = row.conference_id in seen
    return {
        "resource": clash.resource,
        "resource_name": names[clash.resource],
        "starts_at": row.block.interval.start.isoformat(),
        "ends_at": row.block.interval.end.isoformat(),
        "conference": clash.conference if visible else None,
        "title": clash.title if visible else _("Bận"),
    }


def _too_small_item(room: Room, span: Interval) -> dict[str, Any]:
    return {
        "resource": room.code,
        "resource_name": room.name,
        "starts_at": span.start.isoformat(),
        "ends_at": span.end.isoformat(),
        "conference": None,
        "title": _("Phòng chỉ nối được %(capacity)s điểm cầu.", capacity=room.capacity),
    }


def _shortage_item(shortage: PortShortage, code: str, name: str) -> dict[str, Any]:
    span = shortage.requested.interval
    return {
        "resource": code,
        "resource_name": name,
        "starts_at": span.start.isoformat(),
        "ends_at": span.end.isoformat(),
        "conference": None,
        "title": _("Thiếu %(ports)s cổng", ports=shortage.missing),
    }


def alternatives_to(session: Session, actor: Actor, findings: Findings) -> list[Any]:
    """Return offers for what stands in the way, best first, as plain JSON.

    Where it is some dates of a series, another room for all of them, then other times for those
    dates alone: ``instead_of`` is the start of the date that an offer replaces.
    """
    question, bad = findings.question, spans_in_the_way(findings)
    if not 0 < len(bad) < len(question.spans) or findings.room_shortage:
        return alternatives(session, actor, question)
    whole = alternatives(session, actor, question, limit=1)
    offers = [offer for offer in whole if offer["kind"] == "other_room"]
    for span in bad[:OFFERS]:
        offers += alternatives_for_date(session, actor, question, span, max(1, OFFERS // len(bad)))
    return offers[:OFFERS]


def alternatives_for_date(
    session: Session, actor: Actor, question: Question, span: Interval, limit: int
) -> list[Any]:
    """Return other times for one date of a series; the other dates stay where they are."""
    others = tuple(other for other in question.held if not other.overlaps(span))
    one = replace(question, spans=(span,))
    offers = alternatives(session, actor, one, limit, kept=others)
    whole = [offer for offer in offers if not offer["missing"]]
    return [{**offer, "instead_of": span.start.isoformat()} for offer in whole]


def alternatives(
    session: Session,
    actor: Actor,
    question: Question,
    limit: int = OFFERS,
    kept: Sequence[Interval] | None = None,
) -> list[Any]:
    """Return free offers instead of what was asked, best first, as plain JSON.

    ``kept`` are the other dates of a series of which one is asked about: its sites are taken
    then, and its room is that of all.
    """
    rooms = _other_rooms(session, actor, question) if kept is None else []
    named = {room.code: room.name for room in (*rooms, *([question.room] if question.room else []))}
    window = question.window.widened(SEARCH, SEARCH)
    ids = [*question.resource_ids, *(room.id for room in rooms)]
    pool = None
    if question.room is not None:
        bridge = question.room.bridge
        uses = port_spans(session, bridge.id, window, question.ignore_conference_id)
        pool = PortPool(bridge.ports, tuple(uses))
    busy = busy_spans(session, ids, window, question.ignore_conference_id)
    for code in question.names():
        busy.setdefault(code, []).extend(kept or ())
    free = Availability(busy, pool)
    wish = Wish(
        question.spans,
        tuple(site.code for site in question.sites),
        question.room.code if question.room else None,
        tuple(room.code for room in rooms),
        len(question.sites),
        question.buffer,
        seats=question.room.capacity if question.room else None,
    )
    search = Search(TZ, now(), PublicHolidays(), limit=limit)
    return [_offer(offer, named) for offer in find_alternatives(wish, free, search)]


def _other_rooms(session: Session, actor: Actor, question: Question) -> list[Room]:
    if question.room is None:
        return []
    query = (
        select(Room)
        .where(
            Room.is_active.is_(True),
            Room.bridge_id == question.room.bridge_id,
            Room.capacity >= len(question.sites),
            Room.id != question.room.id,
            # Offered only where the set-up time is no longer than the one already reckoned with.
            Room.buffer_minutes <= question.room.buffer_minutes,
        )
        .order_by(Room.capacity, Room.code)
    )
    same_owner = question.room.unit_id
    return [
        room
        for room in session.scalars(query)
        if room.unit_id == same_owner or actor.scope.covers(room.unit)
    ]


def _offer(offer: Alternative, rooms: dict[str, str]) -> dict[str, Any]:
    first = offer.intervals[0]
    return {
        "kind": offer.kind.value,
        "starts_at": first.start.isoformat(),
        "ends_at": first.end.isoformat(),
        "room": offer.room,
        "room_name": rooms.get(offer.room or "", ""),
        "sites": list(offer.sites),
        "missing": list(offer.missing),
        "instead_of": None,
    }


def heat_of(
    session: Session, sites: Sequence[Site], window: Interval, ignore: int | None = None
) -> list[HeatCell]:
    """Return per half hour how many of the sites are free; a conference does not count itself."""
    busy = busy_spans(session, [site.id for site in sites], window, ignore)
    return heat([site.code for site in sites], window, Availability(busy))


def busy_minutes(
    session: Session,
    resources: Sequence[Site | Room],
    window: Interval,
    ignore: int | None = None,
) -> dict[str, list[list[int]]]:
    """Return merged busy spans by code as [from, to] minutes from the window's start."""
    busy = busy_spans(session, [resource.id for resource in resources], window, ignore)
    return {
        resource.code: [
            [_minutes(window, max(span.start, window.start)), _minutes(window, span.end)]
            for span in merge(busy.get(resource.code, ()))
        ]
        for resource in resources
    }


def _minutes(window: Interval, moment: datetime) -> int:
    return int((min(moment, window.end) - window.start).total_seconds() // 60)
