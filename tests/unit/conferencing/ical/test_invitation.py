"""iTIP messages under the strictest eyes we have."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import icalendar
import pytest
import recurring_ical_events

from conferencing.ical import invitation
from conferencing.ical.errors import CalendarBuildError
from conferencing.ical.revision import CalendarAttendee, Organizer
from tests.oracles import icaljs, libical
from tests.unit.conferencing.ical.samples import (
    ATTENDEE,
    BARE,
    CANCELLED,
    DRILL,
    DROPPED,
    FIRST,
    HOUR,
    MOVED,
    OTHER,
    SERIES,
    SINGLE,
    WEEK,
)

MESSAGES: dict[str, Callable[[CalendarAttendee], bytes]] = {
    "single": lambda who: invitation.request(SINGLE, who),
    "bare": lambda who: invitation.request(BARE, who),
    "drill": lambda who: invitation.request(DRILL, who),
    "tentative": lambda who: invitation.request(replace(SINGLE, status="TENTATIVE"), who),
    "series": lambda who: invitation.request(SERIES, who),
    "moved": lambda who: invitation.request_occurrence(SERIES, MOVED, who),
    "cancel": lambda who: invitation.cancel(CANCELLED, who),
    "cancel series": lambda who: invitation.cancel(SERIES, who),
    "cancel date": lambda who: invitation.cancel_occurrence(SERIES, DROPPED, who),
}


@pytest.fixture(params=MESSAGES)
def message(request: pytest.FixtureRequest) -> bytes:
    """Each kind of message."""
    return MESSAGES[request.param](ATTENDEE)


def vevents(content: bytes) -> list[Any]:
    """The VEVENTs of a message."""
    return list(icalendar.Calendar.from_ical(content).events)


def test_libical_finds_nothing_wrong(message: bytes) -> None:
    assert libical.complaints(message) == []


def test_every_vevent_names_the_organizer_and_only_the_recipient(message: bytes) -> None:
    for people in icaljs.read(message)["people"]:
        assert people == [
            ["organizer", "mailto:vanphong@quangbinh.example", "Văn phòng UBND tỉnh"],
            ["attendee", "mailto:hong.dao@lethuy.example", ATTENDEE.name],
        ]
    assert OTHER.email.encode() not in message


def test_the_recipient_is_asked_for_an_answer(message: bytes) -> None:
    for vevent in vevents(message):
        params = vevent["ATTENDEE"].params
        assert (params["RSVP"], params["PARTSTAT"]) == ("TRUE", "NEEDS-ACTION")
        assert (params["ROLE"], params["CUTYPE"]) == ("REQ-PARTICIPANT", "INDIVIDUAL")


def test_a_room_is_no_person() -> None:
    room = CalendarAttendee("Phòng họp 1", "h1@x.example", "NON-PARTICIPANT", "ACCEPTED", "ROOM")

    content = invitation.request(SINGLE, room)

    assert vevents(content)[0]["ATTENDEE"].params["CUTYPE"] == "ROOM"
    assert libical.complaints(content) == []


@pytest.mark.parametrize(
    ("name", "method"),
    [("single", "REQUEST"), ("moved", "REQUEST"), ("cancel", "CANCEL"), ("cancel date", "CANCEL")],
)
def test_the_method_is_that_of_the_message(name: str, method: str) -> None:
    assert icaljs.read(MESSAGES[name](ATTENDEE))["method"] == method


def test_a_series_request_gives_exactly_the_dates_that_take_place() -> None:
    content = invitation.request(SERIES, ATTENDEE)

    found = recurring_ical_events.of(icalendar.Calendar.from_ical(content)).between(
        FIRST - WEEK, FIRST + 10 * WEEK
    )

    starts = sorted(vevent["DTSTART"].dt.astimezone(UTC) for vevent in found)
    assert starts == [FIRST, MOVED.start, FIRST + 4 * WEEK, FIRST + 5 * WEEK]
    js = [datetime.fromisoformat(o["start"]) for o in icaljs.read(content)["occurrences"]]
    assert sorted(js) == starts


def test_one_date_travels_alone_with_its_recurrence_id() -> None:
    for content, start in (
        (invitation.request_occurrence(SERIES, MOVED, ATTENDEE), MOVED.start),
        (invitation.cancel_occurrence(SERIES, DROPPED, ATTENDEE), DROPPED.start),
    ):
        (vevent,) = vevents(content)
        assert "RRULE" not in vevent
        assert vevent["DTSTART"].dt == start
        assert vevent["UID"] == SERIES.uid
        assert vevent["RECURRENCE-ID"].dt in (MOVED.recurrence_id, DROPPED.recurrence_id)


def test_cancelling_one_date_does_not_cancel_the_series() -> None:
    (one,) = vevents(invitation.cancel_occurrence(SERIES, DROPPED, ATTENDEE))
    (whole,) = vevents(invitation.cancel(SERIES, ATTENDEE))

    assert "RECURRENCE-ID" in one
    assert "RECURRENCE-ID" not in whole
    assert one["STATUS"] == whole["STATUS"] == "CANCELLED"
    assert (one["SEQUENCE"], whole["SEQUENCE"]) == (DROPPED.sequence, SERIES.sequence)


def test_what_is_cancelled_cannot_be_requested() -> None:
    with pytest.raises(CalendarBuildError):
        invitation.request(CANCELLED, ATTENDEE)
    with pytest.raises(CalendarBuildError):
        invitation.request_occurrence(SERIES, DROPPED, ATTENDEE)


def test_a_message_needs_an_organizer() -> None:
    with pytest.raises(CalendarBuildError):
        invitation.request(replace(SINGLE, organizer=Organizer("", "")), ATTENDEE)


def test_a_bad_address_is_refused() -> None:
    with pytest.raises(CalendarBuildError):
        invitation.request(SINGLE, CalendarAttendee("A", "a@x.example\nX:1"))


def test_the_end_follows_the_override() -> None:
    (vevent,) = vevents(invitation.request_occurrence(SERIES, MOVED, ATTENDEE))

    assert vevent["DTEND"].dt - vevent["DTSTART"].dt == 3 * HOUR


def test_libical_misses_the_attendee_in_either_vevent() -> None:
    lines = invitation.request(SERIES, ATTENDEE).replace(b"\r\n ", b"").split(b"\r\n")
    named = [number for number, line in enumerate(lines) if line.startswith(b"ATTENDEE")]

    assert len(named) == 2
    assert libical.complaints(b"\r\n".join(lines)) == []
    for number in named:
        assert libical.complaints(b"\r\n".join(lines[:number] + lines[number + 1 :]))
