"""iTIP messages (RFC 5546): one object per recipient, who sees no other attendee in it."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from conferencing.ical.calendar import END, bare_calendar, head
from conferencing.ical.components import (
    END_VEVENT,
    moved,
    personal_lines,
    to_bytes,
    vevents,
)
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
    return _message("REQUEST", _with_exdates(revision), None, attendee)


def cancel(revision: CalendarRevision, attendee: CalendarAttendee) -> bytes:
    """METHOD:CANCEL for the whole conference, or to one who is no longer invited."""
    whole = replace(revision, status="CANCELLED", overrides=(), exdates=())
    return _message("CANCEL", whole, None, attendee)


def request_occurrence(
    revision: CalendarRevision, override: OccurrenceOverride, attendee: CalendarAttendee
) -> bytes:
    """METHOD:REQUEST for one moved occurrence, alone: Outlook mishandles it beside its series."""
    if revision.is_cancelled or override.cancelled:
        raise CalendarBuildError("a cancelled occurrence is not a request")
    return _message("REQUEST", revision, override, attendee)


def cancel_occurrence(
    revision: CalendarRevision, override: OccurrenceOverride, attendee: CalendarAttendee
) -> bytes:
    """METHOD:CANCEL for one occurrence; the rest of the series stays."""
    return _message("CANCEL", revision, replace(override, cancelled=True), attendee)


def _with_exdates(revision: CalendarRevision) -> CalendarRevision:
    kept = tuple(override for override in revision.overrides if not override.cancelled)
    gone = {override.recurrence_id for override in revision.overrides if override.cancelled}
    return replace(revision, overrides=kept, exdates=tuple({*revision.exdates, *gone}))


def _message(
    method: Method,
    revision: CalendarRevision,
    override: OccurrenceOverride | None,
    attendee: CalendarAttendee,
) -> bytes:
    shared = _shared(method, replace(revision, description="", attendees=()), override)
    own = personal_lines(revision, attendee)
    return b"".join((shared.head, *(begun + own + END_VEVENT for begun in shared.vevents), END))


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all readers of a message get alike: its head, and each VEVENT without its end."""

    head: bytes
    vevents: tuple[bytes, ...]


# The letters of a booking are written one after the other, and most of the work is the same.
@lru_cache(maxsize=8)
def _shared(
    method: Method, revision: CalendarRevision, override: OccurrenceOverride | None
) -> _Shared:
    components = [moved(revision, override)] if override else vevents(revision)
    if any("ORGANIZER" not in vevent for vevent in components):
        raise CalendarBuildError("a message needs an organizer")
    for vevent in components:
        # With the reader's own link it stands among the personal lines.
        vevent.pop("DESCRIPTION", None)
    calendar = bare_calendar()
    calendar.add("method", method)
    begun = tuple(to_bytes([vevent]).removesuffix(END_VEVENT) for vevent in components)
    return _Shared(head(calendar) + VTIMEZONE, begun)
