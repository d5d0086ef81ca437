"""A series changed in its middle: what was held stays as it was, what follows goes on by itself."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from conferencing.booking.cancelling import cancel_occurrence
from conferencing.booking.change_plan import by_code, request_of
from conferencing.booking.changing import change_in_transaction
from conferencing.booking.moving import move_in_transaction
from conferencing.booking.requests import AttendeeRequest
from conferencing.booking.services import book_in_transaction
from conferencing.models import Hold
from hub.db import read_session, transaction
from hub.errors import Conflict, Invalid
from tests.factories import booking, in_days
from tests.integration.conferencing.conftest import House
from tests.integration.conferencing.outgoing import letters, mark_all_sent, vevents_of
from tests.integration.conferencing.test_series import fragment_of, starts_read

DAY = timedelta(days=1)
HALF = timedelta(minutes=30)
ONE = AttendeeRequest("mot@x.example", "Một")


@pytest.fixture
def start() -> datetime:
    """Six days ahead, at eight."""
    return in_days(6)


@pytest.fixture
def code(house: House, start: datetime) -> str:
    """Five days in a row for two sites and a guest, everybody told."""
    series = booking(
        house.site_codes[:2], starts_at=start, rrule="FREQ=DAILY;COUNT=5", attendees=(ONE,)
    )
    booked = book_in_transaction(house.secretary, series).code
    mark_all_sent()
    return booked


def held_days() -> Counter[datetime]:
    """How many resources are held, by start."""
    session = read_session()
    session.rollback()
    return Counter(session.scalars(select(Hold.starts_at).where(Hold.state != "released")))


def test_a_new_hour_leaves_the_held_dates(house: House, code: str, start: datetime) -> None:
    ids = [one.id for one in by_code(read_session(), code).occurrences]
    with time_machine.travel(start + DAY + timedelta(hours=12), tick=False):
        asked = request_of(by_code(read_session(), code))
        assert (asked.starts_at, asked.rrule) == (start + 2 * DAY, "FREQ=DAILY;COUNT=3")
        later = replace(asked, starts_at=asked.starts_at + HALF, ends_at=asked.ends_at + HALF)
        following = change_in_transaction(house.secretary, code, later)

    first = by_code(read_session(), code)
    assert following.code != code
    assert (following.follows, first.continued_by) == (first, following)
    assert following.uid != first.uid
    assert [one.id for one in (*first.occurrences, *following.occurrences)] == ids
    history = [start, start + DAY]
    rest = [start + number * DAY + HALF for number in (2, 3, 4)]
    assert starts_read(fragment_of(code)) == history
    assert starts_read(fragment_of(following.code)) == rest
    assert f"RELATED-TO;RELTYPE=SIBLING:{first.uid}".encode() in fragment_of(
        following.code
    ).replace(b"\r\n ", b"")
    assert set(held_days()) == {moment for moment in held_days() if moment in history + rest}


def test_who_stays_hears_of_both_halves_and_who_leaves_of_one(
    house: House, code: str, start: datetime
) -> None:
    with time_machine.travel(start + DAY + timedelta(hours=12), tick=False):
        asked = request_of(by_code(read_session(), code))
        two = AttendeeRequest("hai@x.example", "Hai")
        other = replace(
            asked, site_codes=tuple(house.site_codes[1:3]), attendees=(two,), chair_site=""
        )
        following = change_in_transaction(house.secretary, code, other)
    first = by_code(read_session(), code)
    kinds = Counter(
        (letter.to_email, letter.kind.removeprefix("conference.")) for letter in letters()
    )
    mails = {
        site: f"diemcau.{site.removeprefix('DC-')}@quangbinh.example" for site in house.site_codes
    }
    left, stays, new = (mails[site] for site in house.site_codes[:3])
    assert kinds == {
        (left, "removed"): 1,
        ("mot@x.example", "removed"): 1,
        (stays, "continued"): 1,
        (stays, "changed"): 1,
        (new, "booked"): 1,
        ("hai@x.example", "booked"): 1,
    }
    for letter in letters():
        assert letter.calendar_method == "REQUEST"
        of_first = letter.kind in ("conference.removed", "conference.continued")
        uid = first.uid if of_first else following.uid
        assert {str(vevent["UID"]) for vevent in vevents_of(letter)} == {uid}
        days = [start, start + DAY] if of_first else [start + n * DAY for n in (2, 3, 4)]
        assert starts_read(letter.calendar_body) == days
    assert {row.site.code for row in first.sites} == set(house.site_codes[:2])


@pytest.mark.parametrize("count", [2, 4])
def test_another_end_keeps_the_series_whole(
    house: House, code: str, start: datetime, count: int
) -> None:
    with time_machine.travel(start + DAY + timedelta(hours=12), tick=False):
        asked = request_of(by_code(read_session(), code))
        changed = change_in_transaction(
            house.secretary, code, replace(asked, rrule=f"FREQ=DAILY;COUNT={count}")
        )
    assert changed.code == code
    assert starts_read(fragment_of(code)) == [start + n * DAY for n in range(2 + count)]
    assert {letter.kind for letter in letters()} == {"conference.changed"}
    assert len(held_days()) == 2 + count


def test_a_new_title_keeps_the_series_whole(house: House, code: str, start: datetime) -> None:
    with time_machine.travel(start + DAY + timedelta(hours=12), tick=False):
        asked = request_of(by_code(read_session(), code))
        changed = change_in_transaction(house.secretary, code, replace(asked, title="Tên khác"))
    assert (changed.code, changed.starts_at, changed.rrule) == (code, start, "FREQ=DAILY;COUNT=5")
    assert starts_read(fragment_of(code)) == [start + n * DAY for n in range(5)]


def test_this_date_and_the_following_take_another_hour(
    house: House, code: str, start: datetime
) -> None:
    since = by_code(read_session(), code).occurrences[2]
    with transaction() as session:
        fourth = by_code(session, code).occurrences[3]
        cancel_occurrence(session, house.secretary, fourth, "")
    put = start + 4 * DAY + timedelta(hours=5)
    last = by_code(read_session(), code).occurrences[4].id
    move_in_transaction(house.secretary, code, last, put, put + timedelta(hours=1))
    asked = request_of(by_code(read_session(), code), since)
    later = replace(asked, starts_at=asked.starts_at + HALF, ends_at=asked.ends_at + HALF)
    following = change_in_transaction(house.secretary, code, later, since=since.id)
    assert starts_read(fragment_of(code)) == [start, start + DAY]
    assert starts_read(fragment_of(following.code)) == [start + 2 * DAY + HALF, put]
    assert [o.status for o in following.occurrences] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    again = request_of(following, following.occurrences[-1])
    third = change_in_transaction(
        house.secretary,
        following.code,
        replace(again, title="Từ buổi cuối"),
        since=last,
    )
    assert third.follows is not None
    assert third.follows.code == following.code
    assert starts_read(fragment_of(third.code)) == [put]


def test_answers_stand_unless_the_time_is_another(house: House, code: str, start: datetime) -> None:
    with transaction() as session:
        row = by_code(session, code).sites[0]
        row.partstat, row.headcount = "ACCEPTED", 12
        site = row.site.code
    with time_machine.travel(start + DAY + timedelta(hours=12), tick=False):
        asked = request_of(by_code(read_session(), code))
        more = replace(asked, site_codes=tuple(house.site_codes[:3]))
        following = change_in_transaction(house.secretary, code, more)
        answers = {row.site.code: (row.partstat, row.headcount) for row in following.sites}
        assert answers[site] == ("ACCEPTED", 12)
        assert answers[house.site_codes[2]] == ("NEEDS-ACTION", None)
        asked = request_of(by_code(read_session(), following.code))
        later = replace(asked, starts_at=asked.starts_at + HALF, ends_at=asked.ends_at + HALF)
        moved = change_in_transaction(house.secretary, following.code, later)
        assert moved.code == following.code, "nothing of it was held: it moves as a whole"
        assert {row.partstat for row in moved.sites} == {"NEEDS-ACTION"}


def test_nobody_is_invited_to_the_past(house: House, code: str, start: datetime) -> None:
    guest = AttendeeRequest("muon@x.example")
    with time_machine.travel(start + 4 * DAY + timedelta(hours=6), tick=False):
        late = replace(request_of(by_code(read_session(), code)), attendees=(guest,))
        with pytest.raises(Conflict, match="đã kết thúc"):
            change_in_transaction(house.secretary, code, late)
    with time_machine.travel(start + DAY + timedelta(hours=6), tick=False):
        past = by_code(read_session(), code).occurrences[0]
        asked = request_of(by_code(read_session(), code))
        with pytest.raises(Conflict, match="đã bắt đầu"):
            change_in_transaction(house.secretary, code, asked, since=past.id)
        before = replace(asked, starts_at=start, ends_at=start + timedelta(hours=1))
        with pytest.raises(Invalid):
            change_in_transaction(house.secretary, code, before)
    assert letters() == []


def test_saving_from_a_date_on_without_a_change_parts_nothing(house: House, code: str) -> None:
    series = by_code(read_session(), code)
    since = series.occurrences[2]
    saved = change_in_transaction(house.secretary, code, request_of(series, since), since=since.id)
    assert (saved.code, saved.revision, saved.continued_by) == (code, 0, None)
    assert letters() == []
