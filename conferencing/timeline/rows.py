"""Rows of the timeline: rooms, bridges, districts as counts, the sites of the opened one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing.domain.interval import Interval
from conferencing.holds.services import BusyRow, busy_rows, port_spans
from conferencing.models import Bridge, Room
from conferencing.occurrences.queries import Filters, OccurrenceRow, occurrences_between
from conferencing.places.bridges.queries import visible_bridges
from conferencing.places.picker import Choice, PickUnit, build_picker
from conferencing.places.rooms.queries import usable_rooms
from conferencing.places.sites.queries import visible_sites
from conferencing.timeline.axis import PARTS, Axis, Place
from hub.access.actor import Actor
from hub.clock import now
from hub.contracts.sites import CONDITION_LOOKS, SiteCondition, site_conditions
from hub.ui.formats import date_vi, time_vi

# Thousandths of the axis, which is about 1100 px wide on the smallest screen that shows it.
LETTER: Final = 7
MARGIN: Final = 24
WIDE: Final = 110
ROOM_FOR_WORDS: Final = 70
ROOM_BESIDE: Final = 52
BLOCKED: Final = "blocked"
STYLE_ICONS: Final = {"urgent": "alert-octagon", "hold": "clock", "series": "repeat"}


@dataclass(frozen=True, slots=True)
class Block:
    """One booking on one row; ``beside`` is the stretch where its name may stand."""

    place: Place
    style: str
    title: str
    words: str
    url: str = ""
    icon: str = ""
    is_inside: bool = False
    beside: Place | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """What is known of the occurrences shown, and who is looking."""

    rows: Mapping[int, OccurrenceRow]
    actor: Actor

    def style(self, row: OccurrenceRow | None) -> str:
        """Return whose it is: urgent, mine or others."""
        if row is None:
            return "others"
        if row.type == "emergency":
            return "urgent"
        return "mine" if self.is_mine(row) else "others"

    def is_mine(self, row: OccurrenceRow | None) -> bool:
        """Whether the actor's own unit hosts it."""
        return row is not None and row.host_unit_id == self.actor.home_unit_id


def style_word(style: str) -> str:
    """Say the style in words, for those who hear the page."""
    return {
        "urgent": _("khẩn cấp"),
        "mine": _("của tôi"),
        "others": _("đơn vị khác"),
    }.get(style, "")


def blocks_of(
    axis: Axis, busy: Iterable[BusyRow], marks: Marks, bars: Sequence[Block] = ()
) -> list[Block]:
    """Return the blocks of a row in order, each with the room its name has; bars lie behind."""
    blocks = [*bars]
    for row in sorted(busy, key=lambda r: r.block.interval):
        place = axis.place(row.block.interval)
        if place is not None:
            blocks.append(_block(axis, place, row, marks))
    # The sort is stable: a bar stays before, that is below, a block of the same start.
    blocks.sort(key=lambda block: block.place.x)
    ends = [*(block.place.x for block in blocks[1:]), PARTS]
    return [_with_words(block, end) for block, end in zip(blocks, ends, strict=False)]


def _block(axis: Axis, place: Place, busy: BusyRow, marks: Marks) -> Block:
    row = marks.rows.get(busy.occurrence_id)
    style = marks.style(row)
    title = row.title if row else _("Bận")
    icon = STYLE_ICONS.get(style, "")
    if row is not None and row.is_series and not icon:
        icon = STYLE_ICONS["series"]
    words = f"{title}, {span_words(busy.block.interval)}, {style_word(style)}"
    url = f"/conferences/{row.code}" if row else ""
    return Block(place, style, title, words, url, icon)


def span_words(span: Interval) -> str:
    """Write a span: Thứ Hai, 19/10/2020 07:30–08:30."""
    return f"{date_vi(span.start, 'long')} {time_vi(span.start)}–{time_vi(span.end)}"


def _with_words(block: Block, free_until: int) -> Block:
    if block.style == BLOCKED:
        end = min(block.place.end, free_until)
        return replace(block, beside=Place(block.place.x, max(1, end - block.place.x)))
    gap = Place(block.place.end, free_until - block.place.end)
    fits = LETTER * len(block.title) + MARGIN <= block.place.width
    if fits or block.place.width >= WIDE:
        return replace(block, is_inside=True)
    if gap.width >= ROOM_BESIDE:
        return replace(block, beside=gap)
    return replace(block, is_inside=block.place.width >= ROOM_FOR_WORDS)


def doubt_block(axis: Axis, span: Interval, sentence: str, icon: str) -> Block | None:
    """Return the hatched bar of a site that may be unable to take part."""
    place = axis.place(span)
    if place is None:
        return None
    return Block(place, BLOCKED, sentence, sentence, icon=icon)


@dataclass(frozen=True, slots=True)
class Level:
    """Ports in use over a stretch; ``height`` is 1 to 6."""

    place: Place
    ports: int
    height: int


def levels_of(axis: Axis, uses: Sequence[tuple[Interval, int]], capacity: int) -> list[Level]:
    """Return the steps of a bridge's use, the sum of all that overlap."""
    moments = sorted({m for span, _ports in uses for m in (span.start, span.end)})
    levels: list[Level] = []
    for start, end in pairwise(moments):
        ports = sum(p for span, p in uses if span.start <= start and end <= span.end)
        place = axis.place(Interval(start, end))
        if ports and place is not None:
            levels.append(Level(place, ports, max(1, min(6, round(6 * ports / capacity)))))
    return levels


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for."""

    open_unit: str = ""
    only_busy: bool = True
    only_mine: bool = False
    type: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """A room or a site with its bookings."""

    code: str
    name: str
    blocks: Sequence[Block]
    seats: int = 0


@dataclass(frozen=True, slots=True)
class BridgeLane:
    """A bridge with the steps of its use."""

    name: str
    ports: int
    levels: Sequence[Level]


@dataclass(frozen=True, slots=True)
class Count:
    """So many sites of a district are taken in a stretch."""

    place: Place
    busy: int
    heat: int


@dataclass(frozen=True, slots=True)
class UnitLane:
    """A district: its counts, and its sites when it is opened."""

    code: str
    name: str
    total: int
    counts: Sequence[Count]
    is_open: bool
    sites: Sequence[Lane] = ()
    quiet: int = 0


@dataclass(slots=True)
class Rows:
    """Everything below the head of the timeline."""

    rooms: list[Lane] = field(default_factory=list)
    bridges: list[BridgeLane] = field(default_factory=list)
    units: list[UnitLane] = field(default_factory=list)
    hidden: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not (self.rooms or self.units)


class RowMaker:
    """Reads once what all rows need, then makes them."""

    def __init__(self, session: Session, actor: Actor, axis: Axis, wanted: Wanted) -> None:
        self.session = session
        self.actor = actor
        self.axis = axis
        self.wanted = wanted
        self.rooms = usable_rooms(session, actor)
        self.sites = visible_sites(session, actor)
        self.marks = Marks(self._occurrences(), actor)
        self.busy = self._busy()

    def _occurrences(self) -> dict[int, OccurrenceRow]:
        window = self.axis.window
        rows = occurrences_between(self.session, self.actor, window.start, window.end, Filters())
        return {row.occurrence_id: row for row in rows}

    def _busy(self) -> Mapping[str, list[BusyRow]]:
        ids = [resource.id for resource in (*self.rooms, *self.sites)]
        found: defaultdict[str, list[BusyRow]] = defaultdict(list)
        for row in busy_rows(self.session, ids, self.axis.window):
            if self._is_wanted(row):
                found[row.block.resource].append(row)
        return found

    def _is_wanted(self, busy: BusyRow) -> bool:
        row = self.marks.rows.get(busy.occurrence_id)
        if self.wanted.only_mine and not self.marks.is_mine(row):
            return False
        return not self.wanted.type or (row is not None and row.type == self.wanted.type)

    def make(self) -> Rows:
        """Return all rows."""
        rows = Rows()
        for room in self.rooms:
            lane = self._room(room)
            if lane.blocks or not self.wanted.only_busy:
                rows.rooms.append(lane)
        rows.hidden = len(self.rooms) - len(rows.rooms)
        rows.bridges = [self._bridge(b) for b in visible_bridges(self.session, self.actor)]
        units = build_picker(self.sites, (), Choice()).units
        for unit in units:
            lane_ = self._unit(unit, is_open=unit.code == self.wanted.open_unit or len(units) == 1)
            if lane_.counts or lane_.is_open or not self.wanted.only_busy:
                rows.units.append(lane_)
            else:
                rows.hidden += 1
        return rows

    def _room(self, room: Room) -> Lane:
        blocks = blocks_of(self.axis, self.busy.get(room.code, ()), self.marks)
        return Lane(room.code, room.name, blocks, room.capacity)

    def _bridge(self, bridge: Bridge) -> BridgeLane:
        uses = [
            (use.interval, use.ports)
            for use in port_spans(self.session, bridge.id, self.axis.window)
        ]
        return BridgeLane(bridge.name, bridge.ports, levels_of(self.axis, uses, bridge.ports))

    def _unit(self, unit: PickUnit, *, is_open: bool) -> UnitLane:
        codes = [site.code for site in unit.sites]
        spans = [[row.block.interval for row in self.busy.get(code, ())] for code in codes]
        counts = [
            Count(place, busy, _heat(busy, len(codes)))
            for place, cell in self.axis.cells()
            if (busy := sum(any(span.overlaps(cell) for span in own) for own in spans))
        ]
        lanes: list[Lane] = self._site_lanes(unit) if is_open else []
        kept = [lane for lane in lanes if lane.blocks or not self.wanted.only_busy]
        quiet = len(lanes) - len(kept)
        return UnitLane(unit.code, unit.short, unit.total, counts, is_open, kept, quiet)

    def _site_lanes(self, unit: PickUnit) -> list[Lane]:
        conditions = site_conditions(self.session, [site.code for site in unit.sites])
        lanes: list[Lane] = []
        for site in unit.sites:
            doubt = conditions.get(site.code)
            bar = self._doubt(doubt) if doubt is not None and doubt.is_doubtful else None
            bars = [bar] if bar is not None else []
            blocks = blocks_of(self.axis, self.busy.get(site.code, ()), self.marks, bars)
            lanes.append(Lane(site.code, site.name, blocks))
        return lanes

    def _doubt(self, doubt: SiteCondition) -> Block | None:
        """The bar runs from when it was lost until the end of today: nobody knows further."""
        present = now()
        window = self.axis.window
        starts = max(doubt.since or present, window.start)
        ends = min(self._end_of_today(), window.end)
        if starts >= ends:
            return None
        icon = CONDITION_LOOKS[doubt.state].icon
        return doubt_block(self.axis, Interval(starts, ends), doubt.detail, icon)

    def _end_of_today(self) -> datetime:
        for column in self.axis.columns:
            if column.is_today:
                return column.hours.window.end
        return now() + timedelta(hours=1)


def _heat(busy: int, total: int) -> int:
    share = busy / total
    return 1 if share < 0.25 else 2 if share < 0.75 else 3


def spans_of(rows: Iterable[OccurrenceRow]) -> list[Interval]:
    """Return the spans of occurrences."""
    return [Interval(row.starts_at, row.ends_at) for row in rows]
