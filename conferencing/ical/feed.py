"""Feeds: cached VEVENT bytes per revision, joined into one calendar in milliseconds.

A feed has no METHOD and no ATTENDEE: it is a publication, and who else is invited is nobody's
business who merely holds its address. Cancelled conferences stay as STATUS:CANCELLED for as
long as the caller still lists them, so that clients which never drop entries see the end.
"""

from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Final

from icalendar import vDuration

from conferencing.ical.calendar import END, bare_calendar, head
from conferencing.ical.components import to_bytes, vevents, wrapped_errors
from conferencing.ical.revision import CalendarRevision
from conferencing.ical.text import line
from conferencing.ical.timezone import VTIMEZONE, ZONE_NAME

REFRESH: Final = timedelta(minutes=15)
REMINDER: Final = timedelta(minutes=15)


def fragment(revision: CalendarRevision, alarm: timedelta | None = None) -> bytes:
    """The VEVENTs of one revision as bytes, to be cached with it."""
    return to_bytes(vevents(revision, alarm=alarm))


def join(fragments: Iterable[bytes], name: str, color: str = "") -> bytes:
    """A whole calendar of fragments; `name` is what clients show, `color` a CSS colour name."""
    return b"".join((feed_head(name, color), VTIMEZONE, *fragments, END))


def feed_head(name: str, color: str = "") -> bytes:
    """The properties of a feed, before its components."""
    with wrapped_errors():
        calendar = bare_calendar()
        shown = line(name)
        calendar.add("name", shown)
        calendar.add("x-wr-calname", shown)
        calendar.add("x-wr-timezone", ZONE_NAME)
        # Apple and RFC 7986 readers take the first, Outlook the second.
        calendar.add("refresh-interval", vDuration(REFRESH, params={"VALUE": "DURATION"}))
        calendar.add("x-published-ttl", vDuration(REFRESH))
        if color:
            calendar.add("color", line(color))
        return head(calendar)


def etag(parts: Iterable[bytes]) -> str:
    """A strong entity tag of fragments, or of anything that stands for them (`uid:revision`)."""
    digest = sha256()
    for part in parts:
        digest.update(len(part).to_bytes(4, "big"))
        digest.update(part)
    return digest.hexdigest()[:32]
