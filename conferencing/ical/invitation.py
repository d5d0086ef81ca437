"""iTIP messages (RFC 5546): one object per recipient, who sees no other attendee in it."""

from dataclasses import replace
from typing import Literal

from icalendar import Event

from conferencing.ical.calendar import END, bare_calendar, head
from conferencing.ical.components import master, moved, to_bytes, vevents
from conferencing.ical.errors import CalendarBuildError
from conferencing.ical.revision import CalendarAttendee, CalendarRevision, OccurrenceOverride
from conferencing.ical.timezone import VTIMEZONE

Method = Literal["REQUEST", "CANCEL"]


def request(revision: CalendarRevision, attendee: CalendarAttendee) -> bytes:
    """METHOD:REQUEST for the whole conference; cancelled occurrences appear as EXDATE.

    Raises CalendarBuildError for a cancelled revision: that is `cancel`'s message.
    """
    if revision.is_cancelled:
        raise CalendarBuildError("a cancelled conference is not a request")
    return _message("REQUEST", vevents(_with_exdates(revision), attendee))


def cancel(revision: CalendarRevision, attendee: CalendarAttendee) -> bytes:
    """METHOD:CANCEL for the whole conference, or to one who is no longer invited."""
    whole = replace(revision, status="CANCELLED", overrides=(), exdates=())
    return _message("CANCEL", [master(whole, attendee)])


def request_occurrence(
    revision: CalendarRevision, override: OccurrenceOverride, attendee: CalendarAttendee
) -> bytes:
    """METHOD:REQUEST for one moved occurrence, alone: Outlook mishandles it beside its series."""
    if revision.is_cancelled or override.cancelled:
        raise CalendarBuildError("a cancelled occurrence is not a request")
    return _message("REQUEST", [moved(revision, override, attendee)])


def cancel_occurrence(
    revision: CalendarRevision, override: OccurrenceOverride, attendee: CalendarAttendee
) -> bytes:
    """METHOD:CANCEL for one occurrence; the rest of the series stays."""
    return _message("CANCEL", [moved(revision, replace(override, cancelled=True), attendee)])


def _with_exdates(revision: CalendarRevision) -> CalendarRevision:
    kept = tuple(override for override in revision.overrides if not override.cancelled)
    gone = {override.recurrence_id for override in revision.overrides if override.cancelled}
    return replace(revision, overrides=kept, exdates=tuple({*revision.exdates, *gone}))


def _message(method: Method, components: list[Event]) -> bytes:
    if any("ORGANIZER" not in vevent for vevent in components):
        raise CalendarBuildError("a message needs an organizer")
    calendar = bare_calendar()
    calendar.add("method", method)
    return b"".join((head(calendar), VTIMEZONE, to_bytes(components), END))
