"""VEVENTs of a revision: the series and its overrides, in the same bytes every time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from icalendar import Alarm, Component, Event, vCalAddress, vRecur, vUri
from icalendar.parser import Parameters

from conferencing.ical.errors import CalendarBuildError
from conferencing.ical.revision import (
    CalendarAttendee,
    CalendarRevision,
    OccurrenceOverride,
    Organizer,
)
from conferencing.ical.text import block, line, person_name
from conferencing.ical.timezone import zone

CANCELLED_MARK: Final = "HỦY:"
DRILL_MARK: Final = "[DIỄN TẬP]"
BEGIN_VEVENT: Final = b"BEGIN:VEVENT\r\n"
END_VEVENT: Final = b"END:VEVENT\r\n"


class QuotedNames(Parameters):
    """Parameters that always quote CN: some readers choke on bare letters outside ASCII."""

    # The library's annotation fixes the length of the tuple by accident.
    always_quoted = (*Parameters.always_quoted, "CN")  # type: ignore[assignment]


@contextmanager
def wrapped_errors() -> Iterator[None]:
    """Turn the library's complaints about values into CalendarBuildError."""
    try:
        yield
    except CalendarBuildError:
        raise
    except (ValueError, TypeError, AssertionError) as error:
        raise CalendarBuildError(str(error)) from error


def vevents(revision: CalendarRevision, alarm: timedelta | None = None) -> list[Event]:
    """The master VEVENT and one per override, oldest first; nobody is named as invited."""
    overrides = sorted(revision.overrides, key=lambda override: override.recurrence_id)
    built = [master(revision), *(moved(revision, override) for override in overrides)]
    for vevent in built:
        if alarm is not None and vevent["STATUS"] != "CANCELLED":
            vevent.add_component(_alarm(revision, alarm))
    return built


def master(revision: CalendarRevision) -> Event:
    """The VEVENT of the series, or of the only occurrence."""
    with wrapped_errors():
        vevent = _common(revision)
        _add_times(vevent, revision, revision.start, revision.end)
        if revision.rrule:
            vevent.add("rrule", vRecur.from_ical(revision.rrule))
        if exdates := _exdates(revision):
            vevent.add("exdate", exdates)
        return vevent


def moved(revision: CalendarRevision, override: OccurrenceOverride) -> Event:
    """The VEVENT of one occurrence that differs from the series."""
    status = "CANCELLED" if override.cancelled else revision.status
    with wrapped_errors():
        changed = replace(revision, status=status, sequence=override.sequence)
        vevent = _common(changed)
        vevent.add("recurrence-id", _local(revision, override.recurrence_id))
        _add_times(vevent, revision, override.start, override.end)
        return vevent


def summary(revision: CalendarRevision) -> str:
    """The title, marked when it is cancelled and when it belongs to a drill."""
    # A SUMMARY without value is an error to libical; one of control characters only gets here.
    title = line(revision.title) or "—"
    # Many clients show what is cancelled as if it stood.
    marks = [CANCELLED_MARK] if revision.is_cancelled else []
    marks += [DRILL_MARK] if revision.is_drill else []
    return " ".join([*marks, title])


def to_bytes(components: Sequence[Component]) -> bytes:
    """The content lines of components, folded at 75 octets."""
    with wrapped_errors():
        return b"".join(component.to_ical() for component in components)


def personal_lines(revision: CalendarRevision, attendee: CalendarAttendee) -> bytes:
    """The content lines of a VEVENT that differ by reader: DESCRIPTION and the one ATTENDEE."""
    vevent = Event()
    with wrapped_errors():
        _add_description(vevent, revision)
        vevent["ATTENDEE"] = _attendee(attendee)
    return to_bytes([vevent]).removeprefix(BEGIN_VEVENT).removesuffix(END_VEVENT)


def _common(revision: CalendarRevision) -> Event:
    vevent = Event()
    vevent.add("uid", line(revision.uid))
    vevent.add("sequence", revision.sequence)
    vevent.add("dtstamp", revision.dtstamp.astimezone(UTC))
    vevent.add("created", revision.created.astimezone(UTC))
    vevent.add("last-modified", revision.last_modified.astimezone(UTC))
    vevent.add("summary", summary(revision))
    vevent.add("status", revision.status)
    vevent.add("transp", "TRANSPARENT" if revision.is_cancelled else "OPAQUE")
    _add_description(vevent, revision)
    _add_texts(vevent, revision)
    _add_links(vevent, revision)
    if revision.follows:
        vevent.add("related-to", line(revision.follows), parameters={"RELTYPE": "SIBLING"})
    if revision.organizer.email:
        vevent["ORGANIZER"] = _organizer(revision.organizer)
    return vevent


def _add_description(vevent: Event, revision: CalendarRevision) -> None:
    join_url, description = line(revision.join_url), block(revision.description)
    # Few clients show CONFERENCE, and join buttons know only well-known hosts: the link
    # therefore also opens the description, where every client makes it clickable.
    text = "\n\n".join(part for part in (join_url, description) if part)
    if text:
        vevent.add("description", text)


def _add_texts(vevent: Event, revision: CalendarRevision) -> None:
    if location := line(revision.location) or line(revision.join_url):
        vevent.add("location", location)
    if categories := [line(category) for category in revision.categories if line(category)]:
        vevent.add("categories", categories)
    if revision.priority:
        vevent.add("priority", revision.priority)


def _add_links(vevent: Event, revision: CalendarRevision) -> None:
    join_url = line(revision.join_url)
    if url := line(revision.url) or join_url:
        vevent.add("url", vUri(url))
    if join_url:
        conference = vUri(join_url)
        # As a list: written as one text it would be quoted, and mean one unknown feature.
        conference.params["FEATURE"] = ["AUDIO", "VIDEO"]
        conference.params["LABEL"] = summary(revision).replace('"', "")
        conference.params["VALUE"] = "URI"
        vevent.add("conference", conference)


def _attendee(attendee: CalendarAttendee) -> vCalAddress:
    address = _address(attendee.email, attendee.name)
    address.params["CUTYPE"] = attendee.cutype
    address.params["ROLE"] = attendee.role
    address.params["PARTSTAT"] = attendee.partstat
    address.params["RSVP"] = "TRUE"
    return address


def _organizer(organizer: Organizer) -> vCalAddress:
    address = _address(organizer.email, organizer.name)
    if organizer.sent_by and organizer.sent_by != organizer.email:
        address.params["SENT-BY"] = f"mailto:{_mailbox(organizer.sent_by)}"
    return address


def _mailbox(email: str) -> str:
    mailbox = line(email)
    if mailbox != email or " " in mailbox or "@" not in mailbox or '"' in mailbox:
        raise CalendarBuildError("not a mail address")
    return mailbox


def _address(email: str, name: str) -> vCalAddress:
    mailbox = _mailbox(email)
    address = vCalAddress(f"mailto:{mailbox}")
    address.params = QuotedNames({"CN": person_name(name) or mailbox})
    return address


def _add_times(vevent: Event, revision: CalendarRevision, start: datetime, end: datetime) -> None:
    vevent.add("dtstart", _local(revision, start))
    vevent.add("dtend", _local(revision, end))


def _exdates(revision: CalendarRevision) -> list[datetime]:
    # An override speaks for its own date; both at once is read in different ways.
    overridden = {override.recurrence_id for override in revision.overrides}
    return [_local(revision, m) for m in sorted(set(revision.exdates) - overridden)]


def _local(revision: CalendarRevision, moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise CalendarBuildError("a moment needs a time zone")
    return moment.astimezone(zone(revision.tz))


def _alarm(revision: CalendarRevision, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary(revision))
    alarm.add("trigger", -before)
    return alarm
