"""Feeds as calendar programs read them."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
import recurring_ical_events

from conferencing.ical import feed
from conferencing.ical.errors import CalendarBuildError
from tests.oracles import icaljs, libical
from tests.unit.conferencing.ical.samples import (
    ALL,
    CANCELLED,
    DROPPED,
    FIRST,
    HOUR,
    MOVED,
    SERIES,
    SINGLE,
    TITLE,
    WEEK,
)

NAME = "Lịch họp: huyện Lệ Thủy, các xã"
CONTENT = feed.join([feed.fragment(r, feed.REMINDER) for r in ALL], NAME, "steelblue")
# Start and end of every date of SERIES that takes place, as UTC.
HAPPENING = [
    (FIRST, FIRST + 2 * HOUR),
    (MOVED.start, MOVED.end),
    (FIRST + 4 * WEEK, FIRST + 4 * WEEK + 2 * HOUR),
    (FIRST + 5 * WEEK, FIRST + 5 * WEEK + 2 * HOUR),
]


def test_libical_finds_nothing_wrong() -> None:
    assert libical.complaints(CONTENT) == []


def test_a_feed_is_a_publication_without_attendees() -> None:
    assert b"\r\nMETHOD" not in CONTENT
    assert b"ATTENDEE" not in CONTENT
    assert b"PRODID:-//Nhip Cau//Conferencing//VI\r\n" in CONTENT
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT15M\r\n" in CONTENT
    assert b"X-PUBLISHED-TTL:PT15M\r\n" in CONTENT
    assert CONTENT.count(b"BEGIN:VTIMEZONE") == 1
    calendar: Any = icalendar.Calendar.from_ical(CONTENT)
    assert calendar["X-WR-CALNAME"] == calendar["NAME"] == NAME
    assert calendar["COLOR"] == "steelblue"


def test_recurring_ical_events_sees_the_same_dates() -> None:
    calendar = icalendar.Calendar.from_ical(feed.join([feed.fragment(SERIES)], NAME))

    found = recurring_ical_events.of(calendar).between(FIRST - WEEK, FIRST + 10 * WEEK)

    assert sorted(
        (vevent["DTSTART"].dt.astimezone(UTC), vevent["DTEND"].dt.astimezone(UTC))
        for vevent in found
        if vevent["STATUS"] != "CANCELLED"
    ) == sorted(HAPPENING)
    assert [
        vevent["RECURRENCE-ID"].dt.astimezone(UTC)
        for vevent in found
        if vevent["STATUS"] == "CANCELLED"
    ] == [DROPPED.recurrence_id]


def test_ical_js_sees_the_same_dates_and_texts() -> None:
    understood = icaljs.read(CONTENT)

    series = [o for o in understood["occurrences"] if o["uid"] == SERIES.uid]
    happening = [
        (datetime.fromisoformat(o["start"]), datetime.fromisoformat(o["end"]))
        for o in series
        if o["status"] != "CANCELLED"
    ]
    assert happening == sorted(HAPPENING)
    assert {o["summary"] for o in series if o["status"] != "CANCELLED"} == {TITLE}
    assert {o["summary"] for o in series if o["status"] == "CANCELLED"} == {f"HỦY: {TITLE}"}
    assert understood["name"] == NAME
    assert understood["method"] is None
    assert understood["people"][0] == [
        ["organizer", "mailto:vanphong@quangbinh.example", "Văn phòng UBND tỉnh"]
    ]


def test_a_cancelled_conference_stays_as_cancelled() -> None:
    calendar: Any = icalendar.Calendar.from_ical(feed.join([feed.fragment(CANCELLED)], NAME))
    (vevent,) = calendar.events

    assert (vevent["STATUS"], vevent["TRANSP"]) == ("CANCELLED", "TRANSPARENT")


def test_an_empty_feed_is_still_a_calendar() -> None:
    assert libical.complaints(feed.join([], NAME)) == []
    assert icalendar.Calendar.from_ical(feed.join([], NAME)).events == []


def test_the_tag_follows_the_fragments() -> None:
    one, other = feed.fragment(SINGLE), feed.fragment(replace(SINGLE, sequence=1))

    assert feed.etag([one]) == feed.etag([one])
    assert feed.etag([one]) != feed.etag([other])
    assert feed.etag([b"a", b"bc"]) != feed.etag([b"ab", b"c"])


def test_a_name_cannot_add_lines() -> None:
    content = feed.join([], "Lịch\r\nMETHOD:REQUEST")

    assert b"\r\nMETHOD" not in content


def test_ten_thousand_fragments_join_quickly_enough_not_to_notice() -> None:
    fragments = [feed.fragment(SINGLE)] * 10_000
    started = time.perf_counter()

    content = feed.join(fragments, NAME)

    assert content.count(b"BEGIN:VEVENT") == 10_000
    # Measured 2 ms; the bound only tells joining from building.
    assert time.perf_counter() - started < 1


def test_a_zone_without_a_block_is_refused() -> None:
    with pytest.raises(CalendarBuildError):
        feed.fragment(replace(SINGLE, tz="Asia/Bangkok"), timedelta(minutes=5))
