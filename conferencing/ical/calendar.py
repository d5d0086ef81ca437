"""The VCALENDAR around our components; its head is the same in feeds and messages."""

from typing import Final

from icalendar import Calendar

PRODID: Final = "-//Nhip Cau//Conferencing//VI"
END: Final = b"END:VCALENDAR\r\n"


def bare_calendar() -> Calendar:
    """A calendar with PRODID and VERSION only; `Calendar.new` would add a fresh UID."""
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def head(calendar: Calendar) -> bytes:
    """Everything before the first component."""
    return bytes(calendar.to_ical()).removesuffix(END)
