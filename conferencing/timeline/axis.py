"""The time axis of the timeline: days side by side, weekends narrow, as classes for the style.

The content security policy forbids style attributes, so a place is three decimal digits of a
thousandth of the width, each digit a class: ``xa3 xb0 xc8`` is 30.8 per cent from the left.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal

from conferencing.availability.day_scale import DayScale
from conferencing.domain.interval import Interval
from hub.clock import TZ, local

View = Literal["day", "week"]
PARTS: Final = 1000
WEEKEND_WEIGHT: Final = 0.19
TICKS: Final = {"day": 1, "week": 2}


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of the axis in thousandths."""

    x: int
    width: int

    @property
    def classes(self) -> str:
        """The classes that put an element there."""
        return f"at {_digits('x', self.x)} {_digits('w', self.width)}"

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.x + self.width


def _digits(axis: str, value: int) -> str:
    digits = f"{max(0, min(PARTS - 1, value)):03d}"
    return " ".join(f"{axis}{place}{digit}" for place, digit in zip("abc", digits, strict=True))


@dataclass(frozen=True, slots=True)
class DayColumn:
    """A day on the axis: the hours it shows, where it stands and how wide it is (0 to 1)."""

    hours: DayScale
    x: float
    width: float
    is_today: bool

    @property
    def day(self) -> date:
        """The date."""
        return self.hours.day

    @property
    def place(self) -> Place:
        """The whole column."""
        return _place(self.x, self.x + self.width)

    @property
    def is_narrow(self) -> bool:
        """Whether there is only room for a short name."""
        return self.width < 0.08

    def at(self, per_cent: float) -> float:
        """Return the place of a per cent of the day's hours, 0 to 1 of the axis."""
        return self.x + self.width * per_cent / 100


def _place(start: float, end: float) -> Place:
    x = round(start * PARTS)
    return Place(x, max(1, round(end * PARTS) - x))


@dataclass(frozen=True, slots=True)
class Axis:
    """All the days shown."""

    view: View
    columns: tuple[DayColumn, ...]

    @property
    def window(self) -> Interval:
        """From the first midnight to the last."""
        first, last = self.columns[0].day, self.columns[-1].day
        return day_span(first, (last - first).days + 1)

    def place(self, span: Interval) -> Place | None:
        """Return where a span stands; what lies outside the hours shown is cut off."""
        starts, ends = None, 0.0
        for column in self.columns:
            piece = column.hours.piece(span)
            if piece is not None:
                if starts is None:
                    starts = column.at(piece.x)
                ends = column.at(piece.x + piece.width)
        return None if starts is None else _place(starts, ends)

    def moment(self, instant: datetime) -> Place | None:
        """Return where an instant stands."""
        for column in self.columns:
            place = column.hours.moment(instant)
            if place is not None:
                return _place(column.at(place), column.at(place))
        return None

    def off_hours(self) -> list[Place]:
        """Return what lies outside working hours."""
        places: list[Place] = []
        for column in self.columns:
            if column.day.weekday() >= 5:
                places.append(column.place)
                continue
            for piece in column.hours.off_hours():
                places.append(_place(column.at(piece.x), column.at(piece.x + piece.width)))
        return places

    def ticks(self) -> list[tuple[Place, int]]:
        """Return the hours written over the columns."""
        step = TICKS[self.view]
        found: list[tuple[Place, int]] = []
        for column in self.columns:
            if column.is_narrow:
                continue
            hours = range(column.hours.first, column.hours.last)
            for hour in hours:
                if self.view == "week" and hour not in (8, 10, 14, 16, 19, 21):
                    continue
                x = column.at(column.hours.at_hour(hour))
                found.append((_place(x, x + column.width * step / len(hours)), hour))
        return found

    def cells(self) -> list[tuple[Place, Interval]]:
        """Return the stretches that are counted: half days, or hours of a single day."""
        found: list[tuple[Place, Interval]] = []
        for column in self.columns:
            for start, end, shown_from, shown_to in self._cuts(column):
                first = max(column.hours.at_hour(shown_from), 0)
                last = min(column.hours.at_hour(shown_to), 100)
                span = Interval(_at(column.day, start), _at(column.day, end))
                found.append((_place(column.at(first), column.at(last)), span))
        return found

    def _cuts(self, column: DayColumn) -> Sequence[tuple[float, float, float, float]]:
        if self.view == "day":
            return [(h, h + 1, h + 0.05, h + 0.95) for h in column.hours.hours[:-1]]
        if column.is_narrow:
            return [(0, 24, column.hours.first, column.hours.last)]
        return [(0, 12.75, 7.5, 11.5), (12.75, 24, 13.5, 17)]

    def for_script(self) -> list[dict[str, Any]]:
        """Return what a script needs to tell a time from a place."""
        return [
            {
                "day": column.day.strftime("%d/%m/%Y"),
                "x": round(column.x, 4),
                "width": round(column.width, 4),
                "first": column.hours.first,
                "last": column.hours.last,
            }
            for column in self.columns
        ]


def _at(day: date, hour: float) -> datetime:
    return datetime.combine(day, time(0), TZ) + timedelta(hours=hour)


def day_span(day: date, days: int = 1) -> Interval:
    """Return some whole days as instants."""
    return Interval(_at(day, 0), _at(day, 24 * days))


def make_axis(view: View, day: date, today: date, spans: Iterable[Interval]) -> Axis:
    """Return the axis of a day or of its week, wide enough for everything that takes place."""
    first = day if view == "day" else day - timedelta(days=day.weekday())
    days = [first + timedelta(days=i) for i in range(1 if view == "day" else 7)]
    taken = list(spans)
    busy = {local(span.start).date() for span in taken}
    scales = [DayScale.around(d, [s for s in taken if local(s.start).date() == d]) for d in days]
    earliest, latest = min(s.first for s in scales), max(s.last for s in scales)
    weights = [_weight(view, d, d in busy) for d in days]
    columns: list[DayColumn] = []
    x = 0.0
    for d, weight in zip(days, weights, strict=True):
        width = weight / sum(weights)
        columns.append(DayColumn(DayScale(d, earliest, latest), x, width, d == today))
        x += width
    return Axis(view, tuple(columns))


def _weight(view: View, day: date, is_busy: bool) -> float:
    return 1.0 if view == "day" or day.weekday() < 5 or is_busy else WEEKEND_WEIGHT
