"""Moments of a day as places on a strip: per cent from its left edge."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from conferencing.domain.interval import Interval
from hub.clock import TZ, local

FIRST_HOUR: Final = 7
LAST_HOUR: Final = 18
# What is not worked, hour by hour: before half past seven, at noon, after five.
OFF_HOURS: Final = ((0.0, 7.5), (11.5, 13.5), (17.0, 24.0))


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a strip: where it starts and how wide it is, in per cent."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class DayScale:
    """The hours of one day that a strip shows."""

    day: date
    first: int = FIRST_HOUR
    last: int = LAST_HOUR

    @classmethod
    def around(cls, day: date, spans: Iterable[Interval] = ()) -> "DayScale":
        """Return working hours, widened so that every span of the day fits."""
        first, last = FIRST_HOUR, LAST_HOUR
        for start, end in (_hours(day, span) for span in spans):
            if end > 0 and start < 24:
                first, last = min(first, int(max(start, 0))), max(last, min(24, -int(-end // 1)))
        return cls(day, first, last)

    @property
    def window(self) -> Interval:
        """The instants the strip covers."""
        midnight = datetime.combine(self.day, time(0), TZ)
        return Interval(
            midnight + timedelta(hours=self.first), midnight + timedelta(hours=self.last)
        )

    @property
    def hours(self) -> range:
        """The whole hours from edge to edge."""
        return range(self.first, self.last + 1)

    def at_hour(self, hour: float) -> float:
        """Return where an hour of the day lies."""
        return round(100 * (hour - self.first) / (self.last - self.first), 3)

    def piece(self, span: Interval) -> Piece | None:
        """Return the part of a span that the strip shows."""
        start, end = _hours(self.day, span)
        left, right = max(start, float(self.first)), min(end, float(self.last))
        if right <= left:
            return None
        x = self.at_hour(left)
        return Piece(x, round(self.at_hour(right) - x, 3))

    def pieces(self, spans: Iterable[Interval]) -> list[Piece]:
        """Return the visible parts of spans."""
        return [piece for span in spans if (piece := self.piece(span)) is not None]

    def off_hours(self) -> list[Piece]:
        """Return the parts outside working hours."""
        edges = ((max(a, float(self.first)), min(b, float(self.last))) for a, b in OFF_HOURS)
        return [
            Piece(self.at_hour(a), round(self.at_hour(b) - self.at_hour(a), 3))
            for a, b in edges
            if a < b
        ]

    def moment(self, instant: datetime) -> float | None:
        """Return where an instant lies, or None outside the strip."""
        return self.at_hour(_hour(self.day, instant)) if self.window.contains(instant) else None


def _hours(day: date, span: Interval) -> tuple[float, float]:
    return _hour(day, span.start), _hour(day, span.end)


def _hour(day: date, instant: datetime) -> float:
    midnight = datetime.combine(day, time(0), TZ)
    return (local(instant) - midnight).total_seconds() / 3600
