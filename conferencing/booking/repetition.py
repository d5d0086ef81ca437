"""Repetition in the booking form: the choices, the rule they build, days left out, days moved."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, ClassVar, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from conferencing.domain.errors import RecurrenceError
from conferencing.domain.recurrence import Recurrence
from conferencing.domain.recurrence_pattern import (
    RecurrencePattern,
    Repeat,
    build_recurrence,
    pattern_of,
)
from conferencing.time_words import parse_day, parse_time, write_day, write_time
from hub.clock import TZ, local, now
from hub.errors import FieldError

LAST_WEEK_STARTS: Final = 29
BUILDABLE: Final[dict[str, Repeat]] = {
    "daily": "daily",
    "weekly": "weekly",
    "monthly_day": "monthly_day",
    "monthly_weekday": "monthly_weekday",
}
SEPARATORS: Final = re.compile(r"[,;\n]+")


class RepeatFields:
    """The choices of the fields."""

    CHOICES: ClassVar = (
        ("", _l("Không lặp lại")),
        ("daily", _l("Hằng ngày")),
        ("weekly", _l("Hằng tuần")),
        ("monthly_day", _l("Hằng tháng, cùng ngày")),
        ("monthly_weekday", _l("Hằng tháng, cùng thứ")),
        ("custom", _l("Giữ quy tắc hiện có")),
    )
    WEEKDAYS: ClassVar = (
        ("0", _l("T2")),
        ("1", _l("T3")),
        ("2", _l("T4")),
        ("3", _l("T5")),
        ("4", _l("T6")),
        ("5", _l("T7")),
        ("6", _l("CN")),
    )
    BOUNDS: ClassVar = (("count", _l("sau số buổi")), ("until", _l("đến hết ngày")))


def read_rule(form: Any, first: date) -> tuple[str, list[FieldError]]:
    """Return the rule ("" for none) and what is to be mended."""
    repeat = form.repeat.data or ""
    if repeat == "custom":
        return form.rule.data or "", []
    if repeat not in BUILDABLE:
        return "", []
    pattern, errors = _pattern(form, BUILDABLE[repeat], first)
    if errors or pattern is None:
        return "", errors
    try:
        return build_recurrence(pattern, TZ).rrule, []
    except RecurrenceError:
        return "", [FieldError("repeat", _("Lịch lặp không dùng được."))]


def _pattern(
    form: Any, repeat: Repeat, first: date
) -> tuple[RecurrencePattern | None, list[FieldError]]:
    errors: list[FieldError] = []
    interval = _number(form.interval.data, "interval", errors)
    count, until = None, None
    if form.bound.data == "until":
        until = parse_day(form.until.data or "", first)
        if until is None:
            errors.append(FieldError("until", _("Hãy ghi ngày kết thúc, ví dụ 31/12/2020.")))
    else:
        count = _number(form.count.data, "count", errors)
    if errors:
        return None, errors
    chosen = tuple(
        int(day) for day in form.weekdays.data or () if day in dict(RepeatFields.WEEKDAYS)
    )
    days = {"weekly": chosen or (first.weekday(),), "monthly_weekday": (first.weekday(),)}
    return RecurrencePattern(
        repeat,
        interval or 1,
        weekdays=days.get(repeat, ()),
        monthday=first.day if repeat == "monthly_day" else None,
        ordinal=ordinal_of(first) if repeat == "monthly_weekday" else None,
        count=count,
        until_on=until,
    ), []


def _number(text: str | None, name: str, errors: list[FieldError]) -> int | None:
    typed = (text or "").strip()
    if typed.isdecimal() and 1 <= int(typed) <= 200:
        return int(typed)
    errors.append(FieldError(name, _("Hãy ghi một số từ 1 đến 200.")))
    return None


def ordinal_of(day: date) -> int:
    """Say which weekday of its month the day is: 1 to 4, or -1 for the last."""
    return -1 if day.day >= LAST_WEEK_STARTS else (day.day - 1) // 7 + 1


def exception_days(text: str, today: date) -> tuple[list[date], str]:
    """Return the days to leave out, and the words that are no day."""
    days: list[date] = []
    unread: list[str] = []
    for word in (part.strip() for part in SEPARATORS.split(text)):
        day = parse_day(word, today) if word else None
        if day is not None:
            days.append(day)
        elif word:
            unread.append(word)
    return days, ", ".join(unread)


def fields_of_rule(rrule: str, exdates: tuple[datetime, ...]) -> list[tuple[str, str]]:
    """Return the form fields that say what a stored rule says."""
    if not rrule:
        return []
    pattern = pattern_of(Recurrence.parse(rrule, TZ), TZ)
    days = ", ".join(write_day(local(moment).date()) for moment in exdates)
    fields = [("repeat", pattern.repeat), ("interval", str(pattern.interval)), ("rule", rrule)]
    fields += [("weekdays", str(day)) for day in pattern.weekdays if pattern.repeat == "weekly"]
    if pattern.until_on is not None:
        fields += [("bound", "until"), ("until", write_day(pattern.until_on))]
    else:
        fields += [("bound", "count"), ("count", str(pattern.count or 1))]
    return [*fields, ("exceptions", days)]


@dataclass(frozen=True, slots=True)
class MovedDay:
    """One date of the series put elsewhere: the day of the rule, then day, start and end."""

    rule_day: date
    day: date
    starts: time
    ends: time

    @property
    def value(self) -> str:
        """The move as the form posts it."""
        times = (write_time(self.starts), write_time(self.ends))
        return "|".join((write_day(self.rule_day), write_day(self.day), *times))


def read_moves(values: Iterable[str]) -> tuple[MovedDay, ...]:
    """Read what the buttons put there; of two moves of one date the last holds."""
    found: dict[date, MovedDay] = {}
    for value in values:
        parts = value.split("|")
        if len(parts) != 4:
            continue
        today = local(now()).date()
        rule_day, day = parse_day(parts[0], today), parse_day(parts[1], today)
        starts, ends = parse_time(parts[2]), parse_time(parts[3])
        if rule_day and day and starts is not None and ends is not None and starts < ends:
            found[rule_day] = MovedDay(rule_day, day, starts, ends)
    return tuple(found.values())
