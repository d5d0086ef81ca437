"""Half-open spans of time, the only thing that can be held, overlap or be free."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from conferencing.domain.errors import EmptyIntervalError, NaiveTimeError


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """`[start, end)` in UTC; other aware zones are converted, naive or empty spans refused."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", as_utc(self.start))
        object.__setattr__(self, "end", as_utc(self.end))
        if self.end <= self.start:
            raise EmptyIntervalError("the end must come after the start")

    @property
    def duration(self) -> timedelta:
        """Length of the span, always positive."""
        return self.end - self.start

    def overlaps(self, other: "Interval") -> bool:
        """True when both share at least one moment; touching ends do not count."""
        return self.start < other.end and other.start < self.end

    def contains(self, moment: datetime) -> bool:
        """True when the aware moment lies inside; the end itself does not."""
        return self.start <= as_utc(moment) < self.end

    def covers(self, other: "Interval") -> bool:
        """True when the other span lies wholly inside this one."""
        return self.start <= other.start and other.end <= self.end

    def intersection(self, other: "Interval") -> "Interval | None":
        """The shared span, or None."""
        if not self.overlaps(other):
            return None
        return Interval(max(self.start, other.start), min(self.end, other.end))

    def widened(self, before: timedelta, after: timedelta) -> "Interval":
        """The span with buffers around it; negative buffers narrow it."""
        return Interval(self.start - before, self.end + after)

    def shifted(self, by: timedelta) -> "Interval":
        """The same length, moved."""
        return Interval(self.start + by, self.end + by)


def as_utc(moment: datetime) -> datetime:
    """The same instant in UTC; raises NaiveTimeError without a zone."""
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        raise NaiveTimeError("a moment needs a time zone")
    return moment.astimezone(UTC)


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The same moments as sorted spans that neither overlap nor touch."""
    merged: list[Interval] = []
    # Keys are made once; comparing the spans themselves makes two tuples each time.
    for span in sorted(intervals, key=attrgetter("start", "end")):
        if merged and span.start <= merged[-1].end:
            if span.end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, span.end)
        else:
            merged.append(span)
    return merged


def gaps(busy: Iterable[Interval], within: Interval) -> list[Interval]:
    """The free spans inside `within`, in order."""
    free: list[Interval] = []
    cursor = within.start
    for span in merge(busy):
        if span.end <= within.start or span.start >= within.end:
            continue
        if span.start > cursor:
            free.append(Interval(cursor, span.start))
        cursor = max(cursor, span.end)
    if cursor < within.end:
        free.append(Interval(cursor, within.end))
    return free
