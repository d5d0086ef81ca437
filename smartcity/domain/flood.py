"""River levels in the bulletin's own language: alarm marks BĐ1 to BĐ3, offset and trend.

A mark nobody could confirm is None and stays unknown; it never counts as "normal".
Scheme: decision 05/2020/QĐ-TTg of the Prime Minister.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Final

from smartcity.domain.severity import Severity

TREND_WINDOW: Final = timedelta(hours=1)
# Of the window, so much must be known: ten minutes of an hour.
LEAST_SPAN: Final = 1 / 6
# As `hub simulate` plays it unless told otherwise.
DRILL_SPEED: Final = 60
STEADY_CM_PER_HOUR: Final = 1.0


@dataclass(frozen=True, slots=True)
class AlarmMarks:
    """Metres above the station's datum; None is unknown."""

    bd1: float | None
    bd2: float | None
    bd3: float | None

    def known(self) -> list[tuple[int, float]]:
        """Pairs (mark number, metres) in rising order, unknown marks left out."""
        return [(n, m) for n, m in enumerate((self.bd1, self.bd2, self.bd3), 1) if m is not None]


class FloodLevel(Enum):
    """Highest mark the water has reached; UNKNOWN where the marks cannot tell."""

    UNKNOWN = None
    NORMAL = 0
    BD1 = 1
    BD2 = 2
    BD3 = 3


SEVERITY: Final = {
    FloodLevel.BD1: Severity.MEDIUM,
    FloodLevel.BD2: Severity.HIGH,
    FloodLevel.BD3: Severity.CRITICAL,
}


def level_reached(marks: AlarmMarks, level_m: float) -> FloodLevel:
    """The highest known mark at or below `level_m`; below an unknown BĐ1 nothing is known."""
    passed = [number for number, mark in marks.known() if level_m >= mark]
    if passed:
        return FloodLevel(passed[-1])
    return FloodLevel.UNKNOWN if marks.bd1 is None else FloodLevel.NORMAL


def severity_of(level: FloodLevel) -> Severity | None:
    """Severity of a reached mark; None for normal and for unknown."""
    return SEVERITY.get(level)


class Relation(StrEnum):
    """Side of the mark the water stands on."""

    ABOVE = "above"
    AT = "at"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class MarkOffset:
    """Distance from the mark a bulletin would name; `metres` is never negative."""

    mark: int
    relation: Relation
    metres: float


def offset_from_marks(marks: AlarmMarks, level_m: float) -> MarkOffset | None:
    """Offset from the highest mark reached, else from the lowest known; None without marks."""
    known = marks.known()
    if not known:
        return None
    number, mark = ([pair for pair in known if level_m >= pair[1]] or known[:1])[-1]
    difference = round(level_m - mark, 2)
    if difference == 0:
        return MarkOffset(number, Relation.AT, 0.0)
    relation = Relation.ABOVE if difference > 0 else Relation.BELOW
    return MarkOffset(number, relation, abs(difference))


class Course(StrEnum):
    """Where the water is going."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"


def trend_cm_per_hour(
    series: Sequence[tuple[datetime, float]], *, is_drill: bool = False
) -> float | None:
    """Slope of the last hour by least squares; `series` holds (instant, metres) in any order.

    None when fewer than two points, or less than ten minutes, are known. A drill plays an hour in
    a minute: its last minute tells where the water is going, its last hour where it went for days.
    """
    if not series:
        return None
    if is_drill and (fast := _trend_within(series, TREND_WINDOW / DRILL_SPEED)) is not None:
        return fast
    return _trend_within(series, TREND_WINDOW)


def _trend_within(series: Sequence[tuple[datetime, float]], window: timedelta) -> float | None:
    newest = max(at for at, _ in series)
    points = [
        ((at - newest).total_seconds() / 3600, value * 100)
        for at, value in series
        if newest - at <= window
    ]
    span_hours = -min(x for x, _ in points)
    if span_hours * 3600 < (window * LEAST_SPAN).total_seconds():
        return None
    return _slope(points)


def _slope(points: Sequence[tuple[float, float]]) -> float:
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread


def course_of(trend: float | None) -> Course | None:
    """Rising, steady or falling, for a trend in cm/h; unknown stays unknown."""
    if trend is None:
        return None
    if abs(trend) < STEADY_CM_PER_HOUR:
        return Course.STEADY
    return Course.RISING if trend > 0 else Course.FALLING
