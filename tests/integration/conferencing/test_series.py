"""A series stays right: what moved or was cancelled stays so under every change."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import recurring_ical_events
import time_machine
from icalendar import Calendar
from sqlalchemy import select

from conferencing.booking.cancelling import cancel, cancel_occurrence
from conferencing.booking.change_plan import by_code, request_of
from conferencing.booking.changing import change_in_transaction
from conferencing.booking.moving import move_in_transaction
from conferencing.booking.services import book_in_transaction
from conferencing.invitations.letter_text import span_text
from conferencing.models import Hold
from hub.db import read_session, transaction
from hub.errors import Conflict, Invalid
from tests.factories import booking, in_days
from tests.integration.conferencing.conftest import House
from tests.integration.conferencing.outgoing import letters, mark_all_sent, vevents_of


def test_one_occurrence_moves_alone(house: House) -> None:
    start = in_days(6)
    series = booking(house.site_codes[:2], starts_at=start, rrule="FREQ=DAILY;COUNT=3")
    conference = book_in_transaction(house.secretary, series)
    mark_all_sent()
    second = conference.occurrences[1]
    moved_to = second.starts_at + timedelta(hours=4)
    moved = move_in_transaction(
        house.secretary, conference.code, second.id, moved_to, moved_to + timedelta(hours=1)
    )
    assert moved.sequence == 1
    found = letters()
    assert len(found) == 3
    for letter in found:
        (vevent,) = vevents_of(letter)
        assert vevent["RECURRENCE-ID"].dt == start + timedelta(days=1)
        assert vevent["DTSTART"].dt == moved_to
        assert "RRULE" not in vevent
    with pytest.raises(Invalid):
        move_in_transaction(
            house.secretary, conference.code, second.id, start, start + timedelta(hours=1)
        )
    assert b"RECURRENCE-ID" in (moved.ical_fragment or b"")


@pytest.mark.parametrize(
    "changes",
    [
        {"minutes": 30},
        {"days": 1},
        {"longer": 30},
        {"rrule": "FREQ=DAILY;INTERVAL=2;COUNT=5"},
        {"minutes": 30, "rrule": "FREQ=DAILY;INTERVAL=2;COUNT=5"},
    ],
    ids=["later", "next day", "longer", "extended", "later and extended"],
)
def test_a_series_that_moves_brings_no_cancelled_date_back(
    house: House, changes: dict[str, Any]
) -> None:
    start = in_days(6)
    rule = "FREQ=DAILY;INTERVAL=2;COUNT=4"
    series = booking(house.site_codes[:2], starts_at=start, rrule=rule)
    code = book_in_transaction(house.secretary, series).code
    with transaction() as session:
        first, second, third, _ = by_code(session, code).occurrences
        cancel_occurrence(session, house.secretary, second, "Nghỉ lễ")
        third_id, first_end = third.id, first.ends_at - first.starts_at
    put = start + timedelta(days=4, hours=3)
    move_in_transaction(house.secretary, code, third_id, put, put + first_end)

    shift = timedelta(days=changes.get("days", 0), minutes=changes.get("minutes", 0))
    longer = timedelta(minutes=changes.get("longer", 0))
    asked = request_of(by_code(read_session(), code))
    asked = replace(
        asked,
        starts_at=asked.starts_at + shift,
        ends_at=asked.ends_at + shift + longer,
        rrule=changes.get("rrule", asked.rrule),
    )
    changed = change_in_transaction(house.secretary, code, asked)

    dates = sorted(changed.occurrences, key=lambda one: one.recurrence_id)
    count = 5 if "rrule" in changes else 4
    assert [one.recurrence_id for one in dates] == [
        start + shift + timedelta(days=2 * number) for number in range(count)
    ]
    assert [one.status for one in dates] == [
        "CONFIRMED", "CANCELLED", *["CONFIRMED"] * (count - 2),
    ]  # fmt: skip
    assert [one.is_moved for one in dates] == [False, False, True, *[False] * (count - 3)]
    assert (dates[2].id, dates[2].starts_at) == (third_id, put)
    assert dates[0].ends_at - dates[0].starts_at == first_end + longer
    held = {
        hold.occurrence_id
        for hold in read_session().scalars(select(Hold))
        if hold.state != "released"
    }
    assert held == {one.id for one in dates if one.status == "CONFIRMED"}


def test_a_cancelled_date_comes_back_when_it_is_asked_for(house: House) -> None:
    series = booking(house.site_codes[:2], starts_at=in_days(6), rrule="FREQ=DAILY;COUNT=3")
    code = book_in_transaction(house.secretary, series).code
    with transaction() as session:
        second = by_code(session, code).occurrences[1]
        cancel_occurrence(session, house.secretary, second, "Nghỉ lễ")
    asked = request_of(by_code(read_session(), code))
    half = timedelta(minutes=30)
    asked = replace(
        asked, starts_at=asked.starts_at + half, ends_at=asked.ends_at + half, exdates=()
    )
    changed = change_in_transaction(house.secretary, code, asked)
    assert {one.status for one in changed.occurrences} == {"CONFIRMED"}


def test_change_of_the_series_keeps_moved_and_cancelled_dates(house: House) -> None:
    start = in_days(6)
    series = booking(house.site_codes[:2], starts_at=start, rrule="FREQ=DAILY;COUNT=4")
    conference = book_in_transaction(house.secretary, series)
    moved_to = start + timedelta(days=1, hours=4)
    move_in_transaction(
        house.secretary,
        conference.code,
        conference.occurrences[1].id,
        moved_to,
        moved_to + timedelta(hours=1),
    )
    with transaction() as session:
        third = by_code(session, conference.code).occurrences[2]
        cancel_occurrence(session, house.secretary, third, "Nghỉ lễ")
    mark_all_sent()
    now_ = by_code(read_session(), conference.code)
    request = replace(request_of(now_), title="Tên khác", site_codes=house.site_codes[:3])
    changed = change_in_transaction(house.secretary, conference.code, request)
    assert [o.status for o in changed.occurrences].count("CANCELLED") == 1
    assert [o.is_moved for o in changed.occurrences] == [False, True, False, False]
    vevents = vevents_of(letters()[-1])
    assert len(vevents) == 2
    assert vevents[0].exdates == [start + timedelta(days=2)]
    assert len(read_session().scalars(select(Hold)).all()) == 3 * 4


def test_a_moved_date_does_not_lie_over_another_of_its_series(house: House) -> None:
    start = in_days(6)
    series = booking(house.site_codes[:2], starts_at=start, rrule="FREQ=DAILY;COUNT=3")
    code = book_in_transaction(house.secretary, series).code
    second = by_code(read_session(), code).occurrences[1]
    put = second.starts_at + timedelta(hours=4)
    move_in_transaction(house.secretary, code, second.id, put, put + timedelta(hours=2))
    asked = request_of(by_code(read_session(), code))
    later = timedelta(days=1, hours=4)
    asked = replace(asked, starts_at=asked.starts_at + later, ends_at=asked.ends_at + later)
    with pytest.raises(Invalid):
        change_in_transaction(house.secretary, code, asked)
    assert by_code(read_session(), code).sequence == 1


def test_cancelling_one_date_leaves_the_series(house: House) -> None:
    series = booking(house.site_codes[:2], rrule="FREQ=WEEKLY;COUNT=3")
    conference = book_in_transaction(house.secretary, series)
    mark_all_sent()
    with transaction() as session:
        second = by_code(session, conference.code).occurrences[1]
        cancel_occurrence(session, house.secretary, second, "")
    found = letters()
    assert {letter.calendar_method for letter in found} == {"CANCEL"}
    assert all("RECURRENCE-ID" in letter.calendar_body for letter in found)
    assert len(read_session().scalars(select(Hold)).all()) == 2 * 3
    assert by_code(read_session(), conference.code).status == "CONFIRMED"


def test_a_short_series_names_every_date(house: House) -> None:
    book_in_transaction(house.secretary, booking(house.site_codes[:3], rrule="FREQ=WEEKLY;COUNT=3"))
    text = letters()[0].text_body
    assert "Lặp lại: 3 buổi" in text
    (dates,) = [line for line in text.splitlines() if line.startswith("Các buổi: ")]
    assert dates.count(",") == 2


def test_a_letter_says_from_where_to_where_of_the_same_date(house: House) -> None:
    start = in_days(6)
    series = booking(house.site_codes[:2], starts_at=start, rrule="FREQ=DAILY;COUNT=3")
    code = book_in_transaction(house.secretary, series).code
    with transaction() as session:
        first = by_code(session, code).occurrences[0]
        cancel_occurrence(session, house.secretary, first, "Nghỉ lễ")
    mark_all_sent()
    asked, hour = request_of(by_code(read_session(), code)), timedelta(hours=1)
    later = replace(asked, starts_at=asked.starts_at + hour, ends_at=asked.ends_at + hour)
    change_in_transaction(house.secretary, code, later)
    second = start + timedelta(days=1)
    for letter in letters():
        now_at, then_at = (
            span_text(second + hour, second + 3 * hour),
            span_text(second, second + 2 * hour),
        )
        assert f"Thời gian: {now_at}\nThời gian cũ: {then_at}\n" in letter.text_body


def starts_read(calendar: str | bytes) -> list[datetime]:
    """The starts a calendar program works out by the rule, what is off or left out apart."""
    text = calendar.decode() if isinstance(calendar, bytes) else calendar
    if not text.startswith("BEGIN:VCALENDAR"):
        text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{text}END:VCALENDAR\r\n"
    events = recurring_ical_events.of(Calendar.from_ical(text)).between((2020,), (2100,))
    return sorted(e["DTSTART"].dt for e in events if e["STATUS"] != "CANCELLED")


def fragment_of(code: str) -> bytes:
    session = read_session()
    session.rollback()
    return by_code(session, code).ical_fragment or b""


def test_a_series_starts_at_its_first_date_that_is_held(house: House) -> None:
    start = in_days(6)
    series = booking(
        house.site_codes[:2], starts_at=start, rrule="FREQ=DAILY;COUNT=5", exdates=(start,)
    )
    code = book_in_transaction(house.secretary, series).code
    days = [start + timedelta(days=number) for number in range(5)]
    (vevent,) = vevents_of(letters()[0])
    assert vevent["DTSTART"].dt == days[1]
    assert "EXDATE" not in vevent
    assert starts_read(letters()[0].calendar_body) == days[1:]
    mark_all_sent()
    with transaction() as session:
        second = by_code(session, code).occurrences[1]
        cancel_occurrence(session, house.secretary, second, "")
    assert starts_read(fragment_of(code)) == days[2:]


def test_calling_off_the_rest_leaves_what_was_held(house: House) -> None:
    start = in_days(6)
    rule = "FREQ=DAILY;COUNT=4"
    code = book_in_transaction(
        house.secretary, booking(house.site_codes[:2], starts_at=start, rrule=rule)
    ).code
    mark_all_sent()
    with time_machine.travel(start + timedelta(days=1, hours=12), tick=False):
        with transaction() as session:
            cancel(session, house.secretary, by_code(session, code), "Hết đợt")
        conference = by_code(read_session(), code)
        assert conference.status == "CONFIRMED"
        assert [o.status for o in conference.occurrences] == [
            "CONFIRMED", "CONFIRMED", "CANCELLED", "CANCELLED",
        ]  # fmt: skip
        held = [start, start + timedelta(days=1)]
        assert starts_read(fragment_of(code)) == held
        for letter in letters():
            assert letter.calendar_method == "REQUEST"
            assert starts_read(letter.calendar_body) == held
            assert letter.subject.startswith("Hủy 2 buổi")
            assert "Các buổi khác của chuỗi giữ nguyên." in letter.text_body
        with pytest.raises(Conflict), transaction() as session:
            cancel(session, house.secretary, by_code(session, code), "")


def test_this_and_the_following_dates_are_called_off_together(house: House) -> None:
    start = in_days(6)
    series = booking(house.site_codes[:2], starts_at=start, rrule="FREQ=DAILY;COUNT=4")
    code = book_in_transaction(house.secretary, series).code
    mark_all_sent()
    with transaction() as session:
        conference = by_code(session, code)
        since = conference.occurrences[1]
        cancel(session, house.secretary, conference, "", since=since)
    assert starts_read(fragment_of(code)) == [start]
    assert starts_read(letters()[0].calendar_body) == [start]
    held = read_session().scalars(select(Hold.starts_at).where(Hold.state != "released")).all()
    assert {moment.date() for moment in held} == {start.date()}


def test_the_id_of_a_date_that_is_gone_means_nothing_else(house: House) -> None:
    series = booking(house.site_codes[:2], starts_at=in_days(6), rrule="FREQ=DAILY;COUNT=4")
    code = book_in_transaction(house.secretary, series).code
    gone = by_code(read_session(), code).occurrences[-1].id
    shorter = replace(request_of(by_code(read_session(), code)), rrule="FREQ=DAILY;COUNT=3")
    change_in_transaction(house.secretary, code, shorter)
    other = book_in_transaction(
        house.secretary, booking(house.site_codes[2:4], starts_at=in_days(20))
    )
    assert gone < min(one.id for one in other.occurrences)
