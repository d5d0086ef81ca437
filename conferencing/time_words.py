"""Days and times as people type them: "14h30", "1430", "20/10", "mai"."""

import re
from datetime import date, time, timedelta
from typing import Final

from hub.text import fold

TIME_PATTERN: Final = re.compile(r"(\d{1,2})\s*(?:[:hg.]\s*(\d{1,2})?|giờ\s*(\d{1,2})?)?", re.I)
PACKED_TIME: Final = re.compile(r"(\d{1,2})(\d{2})")
DAY_PATTERN: Final = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{4}|\d{2}))?")
ISO_PATTERN: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
PACKED_DAY: Final = re.compile(r"(\d{2})(\d{2})(\d{4})")
WORDS: Final = {"hom nay": 0, "nay": 0, "ngay mai": 1, "mai": 1, "ngay kia": 2, "mot": 2}
# A day without a year that lies further back than this is taken as next year's.
LOOK_BACK: Final = timedelta(days=60)
YEARS: Final = range(2000, 2200)


def parse_time(text: str) -> time | None:
    """Read 14h30, 1430, 14:30, 14.30, 14h or 14; None when it is no time of day."""
    typed = text.strip()
    if packed := PACKED_TIME.fullmatch(typed):
        return _time(int(packed[1]), int(packed[2]))
    if found := TIME_PATTERN.fullmatch(typed):
        return _time(int(found[1]), int(found[2] or found[3] or 0))
    return None


def _time(hour: int, minute: int) -> time | None:
    return time(hour, minute) if hour < 24 and minute < 60 else None


def parse_day(text: str, today: date) -> date | None:
    """Read 20/10/2020, 20/10, 20-10-20, 20102020, 2020-10-20, hôm nay or mai."""
    typed = text.strip()
    words = fold(typed)
    if words in WORDS:
        return today + timedelta(days=WORDS[words])
    if iso := ISO_PATTERN.fullmatch(typed):
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    if packed := PACKED_DAY.fullmatch(typed):
        return _date(int(packed[3]), int(packed[2]), int(packed[1]))
    if found := DAY_PATTERN.fullmatch(typed):
        return _day_and_month(int(found[1]), int(found[2]), found[3], today)
    return None


def _day_and_month(day: int, month: int, year: str | None, today: date) -> date | None:
    if year is not None:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this_year = _date(today.year, month, day)
    if this_year is not None and this_year < today - LOOK_BACK:
        return _date(today.year + 1, month, day)
    return this_year


def _date(year: int, month: int, day: int) -> date | None:
    if year not in YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def write_day(day: date) -> str:
    """Write a day as the form shows it."""
    return day.strftime("%d/%m/%Y")


def write_time(moment: time) -> str:
    """Write a time as the form shows it."""
    return moment.strftime("%H:%M")
