"""Recurrence rules: what may be asked for, and which dated occurrences they give.

Rules run on wall time, so that "every Monday 06:00" in Việt Nam stays a Monday although it
is Sunday in UTC. Anything unbounded or finer than a day is refused, never cut off silently.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import groupby, islice, pairwise
from types import MappingProxyType
from typing import Final

from conferencing.domain.errors import (
    NoOccurrenceError,
    OverlappingOccurrencesError,
    RecurrenceError,
    StartOutsideRuleError,
    TooManyOccurrencesError,
    UnboundedRuleError,
    UnsupportedRuleError,
)
from conferencing.domain.interval import Interval, as_utc

MAX_OCCURRENCES: Final = 200
HORIZON: Final = timedelta(days=731)
LONGEST_PERIOD: Final = timedelta(days=366)
WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
PART_ORDER: Final = (
    "FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST", "COUNT", "UNTIL",
)  # fmt: skip
# What each part may look like; bounds are those of RFC 5545 section 3.3.10.
PART_PATTERNS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "FREQ": re.compile(r"[A-Z]+"),
        "INTERVAL": re.compile(r"[1-9]\d{0,2}"),
        "COUNT": re.compile(r"[1-9]\d{0,5}"),
        "UNTIL": re.compile(r"\d{8}(T\d{6}Z)?"),
        "BYDAY": re.compile(
            r"(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU))*"
        ),
        "BYMONTHDAY": re.compile(r"-?([1-9]|[12]\d|3[01])(,-?([1-9]|[12]\d|3[01]))*"),
        "BYMONTH": re.compile(r"([1-9]|1[0-2])(,([1-9]|1[0-2]))*"),
        "BYSETPOS": re.compile(r"-?[1-9]\d?(,-?[1-9]\d?)*"),
        "WKST": re.compile(r"MO|TU|WE|TH|FR|SA|SU"),
    }
)


@dataclass(frozen=True, slots=True)
class DatedOccurrence:
    """One occurrence: `recurrence_id` is its original start in UTC, whatever moves later."""

    recurrence_id: datetime
    interval: Interval
    is_moved: bool = False


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A checked, bounded rule (normalised RRULE value) and its exceptions in UTC."""

    rrule: str
    exdates: tuple[datetime, ...] = ()

    @classmethod
    def parse(cls, text: str, tz: tzinfo, exdates: Iterable[datetime] = ()) -> "Recurrence":
        """Check an RRULE value ("RRULE:" in front is allowed).

        Naive exdates are wall time in `tz`. A date-only UNTIL means the end of that day in `tz`
        and becomes the UTC date-time which RFC 5545 wants beside a DTSTART with TZID.
        Raises a RecurrenceError.
        """
        parts = _parts(text)
        _check_frequency(parts)
        if "UNTIL" in parts:
            parts["UNTIL"] = _until_utc(parts["UNTIL"], tz)
        rule = ";".join(f"{name}={parts[name]}" for name in PART_ORDER if name in parts)
        return cls(rule, tuple(sorted({_instant(moment, tz) for moment in exdates})))

    @property
    def parts(self) -> dict[str, str]:
        """The rule's parts by name."""
        return _parts(self.rrule)

    def first_start(self, not_before: datetime, tz: tzinfo) -> datetime | None:
        """The first start of the rule at or after the wall time given, as naive wall time."""
        return next(_walls(self.parts, _wall(not_before, tz), tz, HORIZON), None)

    def expand(
        self,
        dtstart_local: datetime,
        duration: timedelta,
        tz: tzinfo,
        limit: int = MAX_OCCURRENCES,
        horizon: timedelta = HORIZON,
    ) -> list[DatedOccurrence]:
        """All occurrences in order, exceptions left out.

        `dtstart_local` is wall time in `tz` (aware values are converted). COUNT includes the
        exceptions, as in RFC 5545. Raises a RecurrenceError when the start is not itself an
        occurrence, when there are more than `limit`, when the rule reaches past `horizon`,
        when nothing is left, or when an occurrence overlaps the next.
        """
        first = _wall(dtstart_local, tz)
        walls = self._bounded_walls(first, tz, limit, horizon)
        if not walls or walls[0] != first:
            raise StartOutsideRuleError("the first start is not an occurrence of the rule")
        excluded = set(self.exdates)
        starts = [start for start in (_instant(w, tz) for w in walls) if start not in excluded]
        if not starts:
            raise NoOccurrenceError("every occurrence is excepted")
        if any(start + duration > following for start, following in pairwise(starts)):
            raise OverlappingOccurrencesError("an occurrence runs into the next one")
        return [DatedOccurrence(start, Interval(start, start + duration)) for start in starts]

    def _bounded_walls(
        self, first: datetime, tz: tzinfo, limit: int, horizon: timedelta
    ) -> list[datetime]:
        parts = self.parts
        count = int(parts.get("COUNT", limit + 1))
        if "COUNT" in parts and count > limit:
            raise TooManyOccurrencesError(f"more than {limit} occurrences")
        walls = list(islice(_walls(parts, first, tz, horizon), min(count, limit + 1)))
        if len(walls) > limit:
            raise TooManyOccurrencesError(f"more than {limit} occurrences")
        until = _parse_until(parts["UNTIL"]) if "UNTIL" in parts else None
        past_horizon = until is not None and _wall(until, tz) > first + horizon
        if past_horizon or ("COUNT" in parts and walls and len(walls) < count):
            raise TooManyOccurrencesError(f"the rule reaches past {horizon.days} days")
        return walls


def rule_of_count(rrule: str, count: int) -> str:
    """Return the normalised rule with another number of dates, whatever ended it before."""
    parts = {**_parts(rrule), "COUNT": str(count)}
    return ";".join(f"{n}={parts[n]}" for n in PART_ORDER if n in parts and n != "UNTIL")


def rule_since(rrule: str, dropped: int) -> str:
    """Return what remains of a normalised rule when so many first dates are no longer its own."""
    count = _parts(rrule).get("COUNT")
    return rule_of_count(rrule, int(count) - dropped) if count else rrule


def is_same_but_for_its_end(rrule: str, other: str) -> bool:
    """Whether two normalised rules differ at most in how often or until when they go on."""
    ends = {"COUNT", "UNTIL"}
    one, two = _parts(rrule), _parts(other)
    return {k: v for k, v in one.items() if k not in ends} == {
        k: v for k, v in two.items() if k not in ends
    }


def _parts(text: str) -> dict[str, str]:
    value = text.strip().upper().removeprefix("RRULE:").rstrip(";")
    parts: dict[str, str] = {}
    for item in value.split(";"):
        name, separator, content = item.partition("=")
        if not separator or name in parts:
            raise RecurrenceError("not a recurrence rule")
        if name not in PART_PATTERNS:
            raise UnsupportedRuleError(f"{name[:20]} is not supported")
        if not PART_PATTERNS[name].fullmatch(content):
            raise RecurrenceError(f"{name} has an unusable value")
        parts[name] = content
    return parts


def _check_frequency(parts: Mapping[str, str]) -> None:
    frequency = parts.get("FREQ")
    if frequency is None:
        raise RecurrenceError("a rule needs FREQ")
    if frequency not in FREQUENCIES:
        raise UnsupportedRuleError(f"{frequency[:20]} is not supported")
    if "COUNT" in parts and "UNTIL" in parts:
        raise RecurrenceError("COUNT and UNTIL exclude each other")
    if "COUNT" not in parts and "UNTIL" not in parts:
        raise UnboundedRuleError("a rule needs COUNT or UNTIL")
    if frequency in ("DAILY", "WEEKLY") and any(c.isdigit() for c in parts.get("BYDAY", "")):
        raise RecurrenceError("numbered weekdays belong to monthly and yearly rules")
    if frequency == "WEEKLY" and "BYMONTHDAY" in parts:
        raise RecurrenceError("BYMONTHDAY does not go with weekly rules")
    if "BYSETPOS" in parts and not {"BYDAY", "BYMONTHDAY", "BYMONTH"} & parts.keys():
        raise RecurrenceError("BYSETPOS needs another BY part")


def _until_utc(text: str, tz: tzinfo) -> str:
    until = _parse_until(text)
    if "T" not in text:
        until = datetime.combine(until.date(), time(23, 59, 59), tz).astimezone(UTC)
    return until.strftime("%Y%m%dT%H%M%SZ")


def _parse_until(text: str) -> datetime:
    try:
        pattern = "%Y%m%dT%H%M%SZ" if "T" in text else "%Y%m%d"
        return datetime.strptime(text, pattern).replace(tzinfo=UTC)
    except ValueError as error:
        raise RecurrenceError("UNTIL is not a date") from error


def _wall(moment: datetime, tz: tzinfo) -> datetime:
    if moment.utcoffset() is None:
        return moment.replace(tzinfo=None)
    return moment.astimezone(tz).replace(tzinfo=None)


def _instant(moment: datetime, tz: tzinfo) -> datetime:
    return as_utc(moment if moment.utcoffset() is not None else moment.replace(tzinfo=tz))


def _walls(
    parts: Mapping[str, str], first: datetime, tz: tzinfo, horizon: timedelta
) -> Iterator[datetime]:
    """The wall times of the rule from `first` to the horizon; COUNT is the caller's."""
    last = first + horizon
    if "UNTIL" in parts:
        last = min(last, _wall(_parse_until(parts["UNTIL"]), tz))
    for day in _days(parts, first.date(), last.date()):
        wall = datetime.combine(day, first.time())
        if first <= wall <= last:
            yield wall


def _days(parts: Mapping[str, str], first: date, last: date) -> Iterator[date]:
    """The days of the rule (RFC 5545 section 3.3.10), period by period.

    Each day up to the horizon is looked at once, so a rule that never matches (30 February)
    costs no more than any other.
    """
    period, fits = _period_of(parts), _day_test(parts, first)
    interval = int(parts.get("INTERVAL", "1"))
    positions = _numbers(parts, "BYSETPOS")
    # Positions count within the whole period, the days before the first start included.
    margin = LONGEST_PERIOD if positions else timedelta()
    looked_at = range((first - margin).toordinal(), (last + margin).toordinal() + 1)
    for number, days in groupby(map(date.fromordinal, looked_at), period):
        if (number - period(first)) % interval == 0:
            fitting = [day for day in days if fits(day)]
            yield from _at(positions, fitting) if positions else fitting


def _at(positions: frozenset[int], days: Sequence[date]) -> list[date]:
    there = (place for place in positions if abs(place) <= len(days))
    return sorted({days[place - 1 if place > 0 else place] for place in there})


def _period_of(parts: Mapping[str, str]) -> Callable[[date], int]:
    week_start = WEEKDAYS.index(parts.get("WKST", "MO"))
    periods: dict[str, Callable[[date], int]] = {
        "DAILY": lambda day: day.toordinal(),
        # Day 1 of the calendar (date.min) is a Monday.
        "WEEKLY": lambda day: (day.toordinal() - 1 - week_start) // 7,
        "MONTHLY": lambda day: 12 * day.year + day.month,
        "YEARLY": lambda day: day.year,
    }
    return periods[parts["FREQ"]]


def _day_test(parts: Mapping[str, str], first: date) -> Callable[[date], bool]:
    months, monthdays = _numbers(parts, "BYMONTH"), _numbers(parts, "BYMONTHDAY")
    weekdays = frozenset(
        (int(item[:-2] or 0), WEEKDAYS.index(item[-2:]))
        for item in parts.get("BYDAY", "").split(",")
        if item
    )
    in_year = parts["FREQ"] == "YEARLY" and not months
    if not monthdays and not weekdays:
        # What a rule leaves open, the first start says.
        if parts["FREQ"] == "WEEKLY":
            weekdays = frozenset({(0, first.weekday())})
        elif parts["FREQ"] != "DAILY":
            monthdays = frozenset({first.day})
            months = months or (frozenset({first.month}) if in_year else months)

    def fits(day: date) -> bool:
        if months and day.month not in months:
            return False
        if monthdays and not monthdays & {
            day.day,
            day.day - monthrange(day.year, day.month)[1] - 1,
        }:
            return False
        return not weekdays or bool(weekdays & _weekday_names(day, in_year))

    return fits


def _weekday_names(day: date, in_year: bool) -> frozenset[tuple[int, int]]:
    """What BYDAY may call the day: (0, weekday), and its number from either end."""
    if in_year:
        place, length = day.timetuple().tm_yday, 365 + isleap(day.year)
    else:
        place, length = day.day, monthrange(day.year, day.month)[1]
    weekday = day.weekday()
    numbers = (0, (place - 1) // 7 + 1, -((length - place) // 7 + 1))
    return frozenset((number, weekday) for number in numbers)


def _numbers(parts: Mapping[str, str], name: str) -> frozenset[int]:
    return frozenset(int(item) for item in parts.get(name, "").split(",") if item)
