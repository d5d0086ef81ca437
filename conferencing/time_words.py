"""Days and times as people type them: "14h30", "1430", "20/10", "mai", "thứ năm tuần sau"."""

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Final

from hub.text import fold

TIME_PATTERN: Final = re.compile(r"(\d{1,2})\s*(?:[:hg.]\s*(\d{1,2})?|giờ\s*(\d{1,2})?)?", re.I)
PACKED_TIME: Final = re.compile(r"(\d{1,2})(\d{2})")
DAY_PATTERN: Final = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{4}|\d{2}))?")
ISO_PATTERN: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
PACKED_DAY: Final = re.compile(r"(\d{2})(\d{2})(\d{4})")
WORDS: Final = {"hom nay": 0, "nay": 0, "ngay mai": 1, "mai": 1, "ngay kia": 2, "mot": 2}
# Two words that differ by a tone alone: "ngày kìa" comes after "ngày kia".
DAY_AFTER_THAT: Final = re.compile(r"(?:ngày )?kìa", re.I)
PART_OF_DAY: Final = re.compile(r"^(?:sang|trua|chieu|toi) ")
WEEKDAYS: Final = {
    name: number
    for number, names in enumerate(("hai 2", "ba 3", "tu 4", "nam 5", "sau 6", "bay 7"))
    for name in names.split()
}
WEEKDAY: Final = re.compile(r"(?:thu ?|t)(hai|bay|ba|tu|nam|sau|[2-7])|chu nhat|cn")
WEEK: Final = re.compile(r"(?:tuan )?(nay)|tuan (?:sau|toi)( nua)?")
DATE_OF_WEEKDAY: Final = re.compile(r",? ?(?:ngay )?(\d.{0,19})")
PART_OF_MONTH: Final = re.compile(
    r"(dau|giua|cuoi) thang(?: (nay|sau|toi|\d{1,2}))?(?:(?: nam |[/ ])(\d{4}))?"
)
DAY_OF_MONTH: Final = re.compile(
    r"ngay (\d{1,2})(?: thang (nay|sau|toi))?"
    r"|(?:ngay )?(\d{1,2}) thang (\d{1,2})(?:,? nam (\d{4}))?"
)
AHEAD: Final = re.compile(r"(?:sau )?(\d{1,3}) (ngay|tuan)(?: nua| sau| toi)?")
NEXT_DAY: Final = re.compile(r"(?:sang |ngay )?(?:hom|ngay) sau|\+ ?1|next day")
MOST_WORDS: Final = 8
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
    """Read 20/10/2020, 20/10, 20-10-20, 20102020, 2020-10-20, or words for a day.

    Words are "mai", "ngày kia", "thứ năm tuần sau", "t5", "thứ năm, 20/10", "cuối tháng",
    "ngày 15 tháng 12" and "2 tuần nữa"; tones may be left out.
    """
    typed = text.strip()
    if iso := ISO_PATTERN.fullmatch(typed):
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    if packed := PACKED_DAY.fullmatch(typed):
        return _date(int(packed[3]), int(packed[2]), int(packed[1]))
    if found := DAY_PATTERN.fullmatch(typed.removeprefix("ngày ").removeprefix("Ngày ")):
        return _day_and_month(int(found[1]), int(found[2]), found[3], today)
    return _day_of_words(typed, today)


def parse_end(text: str, day: date) -> tuple[date, time] | None:
    """Read the end of what begins on the day: "16h", "01:00 hôm sau" or "10:00 20/10"."""
    if moment := parse_time(text):
        return day, moment
    words = text.split()
    for cut in range(1, min(len(words), MOST_WORDS)):
        moment, rest = parse_time(" ".join(words[:cut])), " ".join(words[cut:])
        if moment is None:
            continue
        last = day + timedelta(days=1) if NEXT_DAY.fullmatch(fold(rest)) else parse_day(rest, day)
        if last is not None:
            return last, moment
    return None


def _day_of_words(typed: str, today: date) -> date | None:
    spoken = " ".join(typed.split()[:MOST_WORDS])
    if len(spoken) > 60:
        return None
    if DAY_AFTER_THAT.fullmatch(spoken):
        return today + timedelta(days=3)
    words = PART_OF_DAY.sub("", fold(spoken))
    if words in WORDS:
        return today + timedelta(days=WORDS[words])
    found = (reader(words, today) for reader in READERS)
    return next((day for day in found if day is not None), None)


def _weekday(words: str, today: date) -> date | None:
    """Read "thu nam", "t5 tuan sau", "chu nhat nay", "thu nam toi" and "thu nam, 20/10"."""
    found = WEEKDAY.match(words)
    if found is None:
        return None
    number = WEEKDAYS[found[1]] if found[1] else 6
    rest = words[found.end() :].strip()
    ahead = (number - today.weekday()) % 7
    if rest in ("", "toi"):
        # "The coming one" is never today.
        return today + timedelta(days=ahead or 7 * (rest == "toi"))
    if week := WEEK.fullmatch(rest):
        weeks = 0 if week[1] else 2 if week[2] else 1
        return today + timedelta(days=number - today.weekday() + 7 * weeks)
    dated = DATE_OF_WEEKDAY.fullmatch(words[found.end() :])
    day = parse_day(dated[1], today) if dated else None
    return day if day is not None and day.weekday() == number else None


def _part_of_month(words: str, today: date) -> date | None:
    """Read "cuoi thang", "dau thang sau", "giua thang 12" and "cuoi thang 2 nam 2027"."""
    found = PART_OF_MONTH.fullmatch(words)
    if found is None:
        return None
    first = _first_of(found[2] or "", found[3], today)
    if first is None:
        return None
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    day = {"dau": first, "giua": first.replace(day=15), "cuoi": last}[found[1]]
    is_over = not found[2] and day < today
    return _part_of_month(f"{found[1]} thang sau", today) if is_over else day


def _first_of(month: str, year: str | None, today: date) -> date | None:
    if month.isdecimal():
        typed = int(month)
        is_over = typed < today.month and not year
        return _date(int(year) if year else today.year + is_over, typed, 1)
    first = today.replace(day=1)
    return (first + timedelta(days=31)).replace(day=1) if month in ("sau", "toi") else first


def _day_of_month(words: str, today: date) -> date | None:
    """Read "ngay 15", "ngay 15 thang sau", "15 thang 12" and "15 thang 12 nam 2026"."""
    found = DAY_OF_MONTH.fullmatch(words)
    if found is None:
        return None
    if found[3]:
        return _day_and_month(int(found[3]), int(found[4]), found[5], today)
    this = _first_of(found[2] or "", None, today)
    day = _date(this.year, this.month, int(found[1])) if this else None
    if day is not None and day < today and not found[2]:
        return _day_of_month(f"{words} thang sau", today)
    return day


def _ahead(words: str, today: date) -> date | None:
    """Read "3 ngay nua" and "sau 2 tuan"."""
    found = AHEAD.fullmatch(words)
    if found is None or (not words.startswith("sau ") and words.endswith(found[2])):
        return None
    return today + timedelta(days=int(found[1]) * (7 if found[2] == "tuan" else 1))


READERS: Final[tuple[Callable[[str, date], date | None], ...]] = (
    _weekday,
    _part_of_month,
    _day_of_month,
    _ahead,
)


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
