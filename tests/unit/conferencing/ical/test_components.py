"""VEVENT bytes: stable, folded between letters, safe whatever people type."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conferencing.ical import feed, text
from conferencing.ical.components import personal_lines, to_bytes, vevents
from conferencing.ical.errors import CalendarBuildError
from conferencing.ical.revision import CalendarRevision, Organizer
from tests.oracles import libical
from tests.unit.conferencing.ical.samples import (
    ALL,
    ATTENDEE,
    BARE,
    DRILL,
    FIRST,
    MOVED,
    SERIES,
    SINGLE,
    WEEK,
)

written = st.text(st.characters(exclude_categories=["Cs"]), max_size=200) | st.text(
    "ếộữẦđ ,;:\\\"'^\n\r\tn", max_size=200
)


def parsed(content: bytes) -> list[Any]:
    """The VEVENTs of a calendar."""
    return list(icalendar.Calendar.from_ical(content).events)


def whole(*fragments: bytes) -> bytes:
    """A feed of fragments."""
    return feed.join(fragments, "Lịch họp")


@pytest.mark.parametrize("revision", ALL)
def test_bytes_stay_the_same(revision: CalendarRevision) -> None:
    assert feed.fragment(revision) == feed.fragment(replace(revision))


def test_stamps_come_from_the_row() -> None:
    vevent = parsed(whole(feed.fragment(SINGLE)))[0]

    assert vevent["DTSTAMP"].dt == SINGLE.dtstamp
    assert vevent["LAST-MODIFIED"].dt == SINGLE.last_modified
    assert vevent["CREATED"].dt == SINGLE.created


@pytest.mark.parametrize("revision", ALL)
def test_lines_fold_at_75_octets_between_letters(revision: CalendarRevision) -> None:
    for physical in whole(feed.fragment(revision, timedelta(minutes=15))).split(b"\r\n"):
        assert len(physical) <= 75
        physical.decode()
        assert b"\n" not in physical


def test_vietnamese_comes_back_as_written() -> None:
    vevent = parsed(whole(feed.fragment(SINGLE)))[0]

    assert vevent["SUMMARY"] == SINGLE.title
    assert vevent["DESCRIPTION"] == f"{SINGLE.join_url}\n\n{SINGLE.description}"
    assert vevent["LOCATION"] == SINGLE.location
    assert vevent["CATEGORIES"].cats == list(SINGLE.categories)


def test_the_link_stands_where_each_client_looks() -> None:
    vevent = parsed(whole(feed.fragment(SINGLE)))[0]

    assert str(vevent["CONFERENCE"]) == SINGLE.join_url
    assert vevent["URL"] == SINGLE.url
    only_link = parsed(whole(feed.fragment(replace(SINGLE, url="", location=""))))[0]
    assert only_link["URL"] == only_link["LOCATION"] == SINGLE.join_url


def test_names_are_quoted_and_lose_their_double_quotes() -> None:
    lines = to_bytes(vevents(SINGLE)) + personal_lines(SINGLE, ATTENDEE)
    content = lines.replace(b"\r\n ", b"").decode()

    assert 'ORGANIZER;CN="Văn phòng UBND tỉnh":mailto:vanphong@quangbinh.example' in content
    assert 'CN="Nguyễn Thị “Hồng” Đào, PCT"' in content


def test_times_are_local_with_their_zone() -> None:
    content = to_bytes(vevents(SERIES)).decode()

    assert "DTSTART;TZID=Asia/Ho_Chi_Minh:20261130T060000" in content
    assert "EXDATE;TZID=Asia/Ho_Chi_Minh:20261207T060000\r\n" in content
    assert "RECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20261214T060000" in content


def test_an_override_carries_its_own_sequence_and_status() -> None:
    master, moved, dropped = parsed(whole(feed.fragment(SERIES)))

    assert (master["SEQUENCE"], moved["SEQUENCE"], dropped["SEQUENCE"]) == (1, 2, 3)
    assert (master["STATUS"], moved["STATUS"], dropped["STATUS"]) == (
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
    )


def test_a_date_is_either_excepted_or_overridden() -> None:
    both = replace(SERIES, exdates=(FIRST + WEEK, MOVED.recurrence_id))

    assert b"EXDATE;TZID=Asia/Ho_Chi_Minh:20261207T060000\r\n" in to_bytes(vevents(both))


def test_a_drill_says_so_first() -> None:
    assert parsed(whole(feed.fragment(DRILL)))[0]["SUMMARY"].startswith("[DIỄN TẬP] Giao ban")


def test_alarms_leave_out_what_is_cancelled() -> None:
    content = feed.fragment(SERIES, timedelta(minutes=15))

    assert content.count(b"BEGIN:VALARM") == 2
    assert content.count(b"TRIGGER:-PT15M") == 2


@pytest.mark.parametrize(
    "broken",
    [
        replace(SINGLE, start=datetime(2026, 11, 30, 6)),  # noqa: DTZ001 - the mistake under test
        replace(SINGLE, rrule="FREQ=SOMETIMES"),
        replace(SINGLE, tz="Europe/Paris"),
        replace(SINGLE, organizer=Organizer("A", "a@x.example\r\nATTENDEE:mailto:b@x.example")),
        replace(SINGLE, organizer=Organizer("A", "nobody")),
    ],
)
def test_values_that_cannot_be_written_are_our_error(broken: CalendarRevision) -> None:
    with pytest.raises(CalendarBuildError):
        feed.fragment(broken)


@given(written, written, written, written)
def test_whatever_is_typed_stays_inside_its_property(
    title: str, description: str, location: str, name: str
) -> None:
    revision = replace(
        BARE,
        title=title,
        description=description,
        location=location,
        organizer=Organizer(name, "a@x.example"),
    )

    content = whole(feed.fragment(revision))

    (vevent,) = parsed(content)
    assert str(vevent["SUMMARY"]) == (text.line(title) or "—")
    assert str(vevent.get("DESCRIPTION", "")) == text.block(description)
    assert str(vevent.get("LOCATION", "")) == text.line(location)
    assert not set(vevent) - {
        "UID", "SEQUENCE", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SUMMARY", "STATUS", "TRANSP",
        "DESCRIPTION", "LOCATION", "ORGANIZER", "DTSTART", "DTEND",
    }  # fmt: skip
    assert all(len(physical) <= 75 for physical in content.split(b"\r\n"))
    assert libical.complaints(content) == []


def test_stamps_in_other_zones_are_written_in_utc() -> None:
    elsewhere = SINGLE.dtstamp.astimezone(tz=None)

    assert feed.fragment(replace(SINGLE, dtstamp=elsewhere)) == feed.fragment(SINGLE)
    assert SINGLE.dtstamp.tzinfo is UTC
