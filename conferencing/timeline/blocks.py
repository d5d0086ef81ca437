"""Blocks of the timeline: what takes a row and when, whose it is, and the words beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from flask_babel import gettext as _

from conferencing.domain.interval import Interval
from conferencing.holds.queries import BusyRow
from conferencing.occurrences.queries import OccurrenceRow
from conferencing.timeline.axis import PARTS, Axis, Place
from hub.accounts.actor import Actor
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
