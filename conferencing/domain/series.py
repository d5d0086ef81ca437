"""The dates of a conference, and what becomes of each when the conference changes.

One list answers for page, review, holds and letters, so that they cannot disagree.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from conferencing.domain.interval import Interval
from conferencing.domain.recurrence import DatedOccurrence, rule_of_count


@dataclass(frozen=True, slots=True)
class SeriesDate:
    """One date; ``recurrence_id`` is the start its rule gave it (RFC 5545 3.8.4.4)."""

    recurrence_id: datetime
    interval: Interval
    is_cancelled: bool = False
    is_moved: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """The dates after a change, in order of their rule.

    ``before`` names the date each one was, by its recurrence id then; a new date is not in it.
    ``gone`` are the recurrence ids of dates that are no more.
    """

    dates: tuple[SeriesDate, ...]
    before: dict[datetime, datetime]
    gone: frozenset[datetime]

    def to_hold(self, at: datetime) -> tuple[SeriesDate, ...]:
        """Return the dates that take place and are not over."""
        return tuple(d for d in self.dates if not d.is_cancelled and d.interval.end > at)


def settle(
    before: Sequence[SeriesDate],
    planned: Iterable[DatedOccurrence],
    excepted: Iterable[DatedOccurrence],
    at: datetime,
    *,
    recurs: bool,
) -> Settlement:
    """Lay what a rule gives over the dates there are.

    What has begun keeps its state, and a date that was moved stays where it was put as long as
    there is a series it is of, unless it is put elsewhere now.
    """
    wanted = {
        d.recurrence_id: SeriesDate(d.recurrence_id, d.interval, is_moved=d.is_moved)
        for d in planned
    }
    off = {d.recurrence_id: SeriesDate(d.recurrence_id, d.interval, True) for d in excepted}
    wanted |= off
    known = {date.recurrence_id: date for date in before}
    follow = follow_dates(known, wanted)
    was = {new: old for old, new in follow.items()}
    dates = [
        _laid_over(known[was[new]], date, at, recurs) if new in was else date
        for new, date in sorted(wanted.items())
    ]
    return Settlement(tuple(dates), was, frozenset(known.keys() - follow.keys()))


def _laid_over(known: SeriesDate, date: SeriesDate, at: datetime, recurs: bool) -> SeriesDate:
    if known.interval.start <= at:
        date = replace(date, is_cancelled=known.is_cancelled)
    if recurs and known.is_moved and not date.is_moved:
        date = replace(date, interval=known.interval, is_moved=True)
    return date


@dataclass(frozen=True, slots=True)
class ToldSeries:
    """A series as calendars are told it: first start, rule, and the starts left out."""

    start: datetime
    rrule: str
    left_out: tuple[datetime, ...] = ()


def tell_series(rrule: str, dates: Iterable[SeriesDate]) -> ToldSeries:
    """Tell a series so that it begins and ends with a date that is held.

    DTSTART is the first date of a series (RFC 5545 3.8.2.4), and a reader takes it for one that
    takes place; what is called off at the end is no exception but the rule's end.

    Raises:
        ValueError: no date is held.
    """
    ordered = sorted(dates, key=lambda date: date.recurrence_id)
    held = [place for place, date in enumerate(ordered) if not date.is_cancelled]
    if not held:
        raise ValueError("a series of which no date is held")
    told = ordered[held[0] : held[-1] + 1]
    rule = rrule if len(told) == len(ordered) else rule_of_count(rrule, len(told))
    left_out = tuple(date.recurrence_id for date in told if date.is_cancelled)
    return ToldSeries(told[0].recurrence_id, rule, left_out)


def follow_dates(
    before: Collection[datetime], after: Collection[datetime]
) -> dict[datetime, datetime]:
    """Say which date of a changed series is which of the series before, by original start.

    A date keeps its identity at the same instant. When the two have no instant in common the
    whole series was moved (by half an hour, from Mondays to Tuesdays) and the first stays the
    first, the second the second.
    """
    common = set(before) & set(after)
    if common:
        return {start: start for start in common}
    return dict(zip(sorted(before), sorted(after), strict=False))
