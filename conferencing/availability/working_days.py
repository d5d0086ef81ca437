"""Public holidays of Việt Nam and the weekend days worked for them, from the `holidays` library."""

from datetime import date
from functools import lru_cache
from typing import Final

import holidays
from flask_babel import get_locale

from conferencing.domain.booking_rules import WorkingCalendar

COUNTRY: Final = "VN"
# The library's names for our two languages.
NAMES: Final = {"vi": "vi", "en": "en_US"}


class PublicHolidays:
    """A container of dates that works out a year when it is first asked about it."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in _of_year(day.year)


class WorkedWeekends:
    """The weekend days that are worked in exchange for a day beside a holiday."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in _worked(day.year)


@lru_cache(maxsize=32)
def _of_year(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(COUNTRY, years=year))


@lru_cache(maxsize=32)
def _worked(year: int) -> frozenset[date]:
    found = holidays.country_holidays(COUNTRY, years=year)
    return frozenset(day for day in found.weekend_workdays if day.year == year)


@lru_cache(maxsize=64)
def _names(year: int, language: str) -> dict[date, str]:
    return dict(holidays.country_holidays(COUNTRY, years=year, language=language))


def holiday_name(day: date) -> str:
    """Return what is celebrated, in the reader's language; "" on any other day."""
    language = NAMES.get(str(get_locale()), "vi")
    return _names(day.year, language).get(day, "")


def working_calendar() -> WorkingCalendar:
    """Return the calendar that notice rules, alternatives and the search for a time go by."""
    return WorkingCalendar(holidays=PublicHolidays(), worked_weekends=WorkedWeekends())
