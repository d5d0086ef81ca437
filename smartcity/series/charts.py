"""Charts drawn on the server: numbers become places in a box, the template draws them as SVG.

The box is 1000 by 200 units and stretched to the page; words stand outside of it, in per cent, so
that they keep their size on a telephone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from flask_babel import gettext as _

from hub.clock import local
from smartcity.series.history import HistoryPoint

WIDTH: Final = 1000.0
HEIGHT: Final = 200.0
MARGIN: Final = 8.0
TIME_STEPS: Final = 4
GAP_STEPS: Final = 6


@dataclass(frozen=True, slots=True)
class Threshold:
    """A level worth a line: its value, its word ("BĐ3") and tone (bd1, bd2, bd3, critical…)."""

    value: float
    word: str
    tone: str


@dataclass(frozen=True, slots=True)
class Line:
    """A threshold placed: ``y`` in units of the box, ``y_percent`` from its top."""

    threshold: Threshold
    y: float
    y_percent: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A word under the chart at ``x_percent``; ``anchor`` start, middle or end."""

    x_percent: float
    word: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment worth a vertical line, such as the raising of the alert."""

    x: float
    word: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the template needs; paths are SVG path data, empty when there is nothing."""

    line: str
    area: str
    band: str
    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    low: float
    high: float
    last: tuple[float, float] | None

    @property
    def is_empty(self) -> bool:
        """Whether there is no reading at all in this range."""
        return not self.line


def chart(
    points: Sequence[HistoryPoint],
    start: datetime,
    end: datetime,
    thresholds: Sequence[Threshold] = (),
    moments: Sequence[tuple[datetime, str]] = (),
) -> Chart:
    """Place readings, thresholds and moments of [start, end) in the box."""
    low, high = _bounds(points, thresholds)
    place = _Placing(start, end, low, high)
    runs = _runs(points, (end - start) / 500 * GAP_STEPS)
    return Chart(
        line=" ".join(_path([(place.x(p.at), place.y(p.mean)) for p in run]) for run in runs),
        area=" ".join(_area(place, run) for run in runs if len(run) > 1),
        band=" ".join(_band(place, run) for run in runs if len(run) > 1),
        lines=tuple(_line(place, t) for t in thresholds if low <= t.value <= high),
        ticks=_ticks(start, end),
        marks=tuple(Mark(place.x(at), word) for at, word in moments if start <= at < end),
        low=low,
        high=high,
        last=(place.x(points[-1].at), place.y(points[-1].mean)) if points else None,
    )


@dataclass(frozen=True, slots=True)
class _Placing:
    start: datetime
    end: datetime
    low: float
    high: float

    def x(self, at: datetime) -> float:
        return round((at - self.start) / (self.end - self.start) * WIDTH, 1)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN), 1)


def _bounds(points: Sequence[HistoryPoint], thresholds: Sequence[Threshold]) -> tuple[float, float]:
    values = [value for point in points for value in (point.low, point.high)]
    # A threshold far away must not press the readings flat; one within reach is shown.
    span = (max(values) - min(values)) if values else 0.0
    reach = max(span, abs(max(values, default=1.0)) * 0.5, 0.5)
    near = [
        t.value
        for t in thresholds
        if not values or min(values) - reach <= t.value <= max(values) + reach
    ]
    everything = [*values, *near] or [0.0, 1.0]
    low, high = min(everything), max(everything)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _runs(points: Sequence[HistoryPoint], longest: timedelta) -> list[list[HistoryPoint]]:
    """Break the line where nothing came for much longer than usual."""
    if not points:
        return []
    usual = sorted(b.at - a.at for a, b in pairwise(points))
    limit = max(longest, usual[len(usual) // 2] * 4) if usual else longest
    runs = [[points[0]]]
    for before, point in pairwise(points):
        if point.at - before.at > limit:
            runs.append([])
        runs[-1].append(point)
    return runs


def _path(places: Sequence[tuple[float, float]]) -> str:
    if len(places) == 1:
        x, y = places[0]
        return f"M{x} {y}h1"
    return "M" + "L".join(f"{x} {y}" for x, y in places)


def _area(place: _Placing, run: Sequence[HistoryPoint]) -> str:
    line = _path([(place.x(p.at), place.y(p.mean)) for p in run])
    return f"{line}V{HEIGHT:.0f}H{place.x(run[0].at)}Z"


def _band(place: _Placing, run: Sequence[HistoryPoint]) -> str:
    if all(point.low == point.high for point in run):
        return ""
    upper = [(place.x(p.at), place.y(p.high)) for p in run]
    lower = [(place.x(p.at), place.y(p.low)) for p in reversed(run)]
    return _path([*upper, *lower]) + "Z"


def _line(place: _Placing, threshold: Threshold) -> Line:
    y = place.y(threshold.value)
    return Line(threshold, y, round(100 * y / HEIGHT, 2))


def _ticks(start: datetime, end: datetime) -> tuple[Tick, ...]:
    step = (end - start) / TIME_STEPS
    ticks = []
    for index in range(TIME_STEPS + 1):
        anchor = {0: "start", TIME_STEPS: "end"}.get(index, "middle")
        at = local(start + index * step)
        ticks.append(Tick(100 * index / TIME_STEPS, _tick_word(at, index, end - start), anchor))
    return tuple(ticks)


def _tick_word(at: datetime, index: int, span: timedelta) -> str:
    if span > timedelta(days=3):
        return at.strftime("%d/%m")
    return at.strftime("%H:%M %d/%m" if index in {0, TIME_STEPS} else "%H:%M")


TABLE_ROWS: Final = 24


def table_rows(points: Sequence[HistoryPoint]) -> list[HistoryPoint]:
    """Return at most 24 of the points, the newest first, for the table beside the chart."""
    step = max(len(points) // TABLE_ROWS, 1)
    return list(reversed(points))[::step][:TABLE_ROWS]


def chart_words(picture: Chart, points: Sequence[HistoryPoint], unit: str) -> str:
    """Return the chart in one sentence for who cannot see it."""
    if picture.is_empty:
        return _("Không có số đo trong khoảng này.")
    low = min(points, key=lambda point: point.low)
    high = max(points, key=lambda point: point.high)
    return _(
        "Thấp nhất %(low)s, cao nhất %(high)s, mới nhất %(last)s %(unit)s.",
        low=round(low.low, 2),
        high=round(high.high, 2),
        last=round(points[-1].mean, 2),
        unit=unit,
    )
