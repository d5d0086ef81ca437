"""Recurrence as people say it: form fields to an RRULE, and back to a sentence for translation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Final, Literal

from conferencing.domain.errors import RecurrenceError, UnboundedRuleError
from conferencing.domain.recurrence import WEEKDAYS, Recurrence

Repeat = Literal["daily", "weekly", "monthly_day", "monthly_weekday", "custom"]
# Five would silently skip most months; "the last" (-1) is what people mean.
ORDINALS: Final = (1, 2, 3, 4, -1)
NUMBERED_DAY: Final = re.compile(r"(-?\d)(\w\w)")
# The parts besides FREQ, INTERVAL, COUNT, UNTIL and WKST that each sentence can express.
EXPRESSIBLE: Final[Mapping[str, frozenset[str]]] = {
    "DAILY": frozenset(),
    "WEEKLY": frozenset({"BYDAY"}),
    "MONTHLY": frozenset({"BYDAY", "BYMONTHDAY"}),
}


@dataclass(frozen=True, slots=True)
class RecurrencePattern:
    """A rule in form fields; exactly one of `count` and `until_on` is set.

    `weekdays` are 0 (Monday) to 6; `monthday` 1 to 31, or -1 for the last day of the month;
    `ordinal` 1 to 4, or -1 for the last such weekday. `custom` only comes out of `pattern_of`.
    """

    repeat: Repeat
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    monthday: int | None = None
    ordinal: int | None = None
    count: int | None = None
    until_on: date | None = None


def build_recurrence(pattern: RecurrencePattern, tz: tzinfo) -> Recurrence:
    """The rule of a filled-in form; raises a RecurrenceError when fields are missing."""
    if (pattern.count is None) == (pattern.until_on is None):
        raise UnboundedRuleError("give either a number of times or a last day")
    pieces = [_frequency(pattern)]
    if pattern.interval != 1:
        pieces.append(f"INTERVAL={pattern.interval}")
    pieces.append(
        f"COUNT={pattern.count}" if pattern.until_on is None else f"UNTIL={pattern.until_on:%Y%m%d}"
    )
    return Recurrence.parse(";".join(pieces), tz)


def _frequency(pattern: RecurrencePattern) -> str:
    match pattern.repeat:
        case "daily":
            return "FREQ=DAILY"
        case "weekly":
            return f"FREQ=WEEKLY;BYDAY={_day_list(pattern.weekdays)}"
        case "monthly_day":
            return f"FREQ=MONTHLY;BYMONTHDAY={_monthday(pattern.monthday)}"
        case "monthly_weekday":
            return f"FREQ=MONTHLY;BYDAY={_ordinal_day(pattern)}"
    raise RecurrenceError("a custom rule cannot be built from fields")


def _day_list(weekdays: tuple[int, ...]) -> str:
    days = sorted(set(weekdays))
    if not days or days[0] < 0 or days[-1] > 6:
        raise RecurrenceError("choose at least one weekday")
    return ",".join(WEEKDAYS[day] for day in days)


def _monthday(day: int | None) -> int:
    if day is None or not (day == -1 or 1 <= day <= 31):
        raise RecurrenceError("choose a day of the month")
    return day


def _ordinal_day(pattern: RecurrencePattern) -> str:
    if pattern.ordinal not in ORDINALS or len(pattern.weekdays) != 1:
        raise RecurrenceError("choose one weekday and which one of the month")
    return f"{pattern.ordinal}{_day_list(pattern.weekdays)}"


def pattern_of(recurrence: Recurrence, tz: tzinfo) -> RecurrencePattern:
    """The form fields that say what the rule says; `custom` when no form field can."""
    parts = recurrence.parts
    interval = int(parts.get("INTERVAL", 1))
    count = int(parts["COUNT"]) if "COUNT" in parts else None
    until_on = _local_day(parts["UNTIL"], tz) if "UNTIL" in parts else None
    repeat, weekdays, monthday, ordinal = _repeat_fields(parts)
    return RecurrencePattern(repeat, interval, weekdays, monthday, ordinal, count, until_on)


def _local_day(until: str, tz: tzinfo) -> date:
    moment = datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return moment.astimezone(tz).date()


def _repeat_fields(
    parts: Mapping[str, str],
) -> tuple[Repeat, tuple[int, ...], int | None, int | None]:
    by_parts = {name for name in parts if name.startswith("BY")}
    if not by_parts <= EXPRESSIBLE.get(parts["FREQ"], frozenset()) or (
        parts["FREQ"] == "YEARLY" or len(by_parts) > 1
    ):
        return "custom", (), None, None
    days = parts.get("BYDAY", "")
    if parts["FREQ"] == "DAILY":
        return "daily", (), None, None
    if parts["FREQ"] == "WEEKLY":
        return "weekly", tuple(WEEKDAYS.index(day) for day in days.split(",") if day), None, None
    if numbered := NUMBERED_DAY.fullmatch(days):
        weekday = WEEKDAYS.index(numbered.group(2))
        return "monthly_weekday", (weekday,), None, int(numbered.group(1))
    monthday = parts.get("BYMONTHDAY", "")
    if monthday and "," not in monthday:
        return "monthly_day", (), int(monthday), None
    return "custom", (), None, None
