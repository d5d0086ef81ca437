"""Public holidays of Việt Nam, from the maintained `holidays` library."""

from datetime import date
from functools import lru_cache
from typing import Final

import holidays

from conferencing.domain.booking_rules import WorkingCalendar

COUNTRY: Final = "VN"


class PublicHolidays:
    """A container of dates that works out a year when it is first asked about it."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in _of_year(day.year)


@lru_cache(maxsize=32)
def _of_year(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(COUNTRY, years=year))


def working_calendar() -> WorkingCalendar:
    """Return the calendar that notice rules and alternatives go by."""
    return WorkingCalendar(holidays=PublicHolidays())
