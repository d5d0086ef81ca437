"""A series of which some dates clash or are days off: each is decided by itself."""

import re
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from conferencing.models import Conference, Occurrence
from hub.clock import TZ, local, now
from hub.outbox import OutboxLetter
from tests.web.conferencing.province import book_one, furnish
from tests.web.conferencing.test_booking_form import filled, text_of, value_of
from tests.web.conftest import Post, SignIn, Write

BUTTON = re.compile(r'name="do" value="((?:skip|move|unskip|unmove):[^"]+)"')
MOVES = re.compile(r'name="moves" value="([^"]+)"')


def thursday(weeks: int = 0) -> date:
    today = local(now()).date()
    return today + timedelta(days=14 + (3 - today.weekday()), weeks=weeks)


def written(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def weekly(**changes: object) -> dict[str, object]:
    asked: dict[str, object] = {
        "day": written(thursday()),
        "starts": "08:00",
        "ends": "09:00",
        "repeat": "weekly",
        "interval": "1",
        "bound": "count",
        "count": "4",
    }
    return filled(**{**asked, **changes})


def buttons(page: str) -> list[str]:
    return [unescape(value) for value in BUTTON.findall(page)]


@pytest.fixture
def secretary(sign_in: SignIn, write: Write) -> FlaskClient:
    """The secretary; the second Thursday is taken in both rooms from eight to ten."""
    with write() as session:
        furnish(session)
        day = thursday(1)
        start = datetime(day.year, day.month, day.day, 8, tzinfo=TZ)
        for room, site in (("P1", "DC-457"), ("P2", "DC-450")):
            book_one(
                session,
                title="Kỳ họp HĐND",
                sites=(site,),
                room_code=room,
                starts_at=start,
                ends_at=start + timedelta(hours=2),
                attendees=(),
            )
    return sign_in("thuky")


def test_one_clash_of_many_is_solved_by_its_date_alone(secretary: FlaskClient, post: Post) -> None:
    answer = post(secretary, "/conferences/new", weekly())
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Buổi cần quyết định" in page
    assert "bận vì Kỳ họp HĐND" in page
    found = buttons(page)
    day = written(thursday(1))
    assert f"skip:{day}" in found
    moves = [value for value in found if value.startswith("move:")]
    assert moves[0] == f"move:{day}|{day}|10:00|11:00"
    assert "use:" not in page


def test_the_clashing_date_is_moved_alone_and_booked(
    secretary: FlaskClient, post: Post, write: Write
) -> None:
    page = text_of(post(secretary, "/conferences/new", weekly()))
    move = next(value for value in buttons(page) if value.startswith("move:"))
    page = text_of(post(secretary, "/conferences/new", weekly(do=move)))
    assert MOVES.findall(page) == [move.removeprefix("move:")]
    assert f"unmove:{written(thursday(1))}" in buttons(page)
    booked = weekly(do="confirm", moves=MOVES.findall(page))
    assert post(secretary, "/conferences/new", booked).status_code == 302
    with write() as session:
        query = select(Conference).where(Conference.title == "Khắc phục hậu quả lũ")
        dates = session.scalars(query).one().occurrences
        moved = [(local(o.starts_at).hour, o.is_moved) for o in dates]
        assert moved == [(8, False), (10, True), (8, False), (8, False)]
        letters = session.scalars(select(OutboxLetter)).all()
        body = next(b for x in letters if (b := x.calendar_body) and "COUNT=4" in b)
        assert "RECURRENCE-ID" in body


def test_a_date_is_skipped_and_added_again(
    secretary: FlaskClient, post: Post, write: Write
) -> None:
    day = written(thursday(1))
    page = text_of(post(secretary, "/conferences/new", weekly(do=f"skip:{day}")))
    assert value_of(page, "exceptions") == day
    assert f"unskip:{day}" in buttons(page)
    form = weekly(do="confirm", exceptions=day)
    assert post(secretary, "/conferences/new", form).status_code == 302
    again = text_of(post(secretary, "/conferences/new", weekly(do=f"unskip:{day}", exceptions=day)))
    assert value_of(again, "exceptions") in (None, "")
    assert f"unskip:{day}" not in buttons(again)
    with write() as session:
        query = (
            select(Occurrence).join(Conference).where(Conference.title == "Khắc phục hậu quả lũ")
        )
        states = [o.status for o in session.scalars(query.order_by(Occurrence.starts_at))]
        assert states == ["CONFIRMED", "CANCELLED", "CONFIRMED", "CONFIRMED"]


def test_a_skipped_date_of_a_saved_series_comes_back(
    secretary: FlaskClient, post: Post, write: Write
) -> None:
    day = written(thursday(2))
    post(
        secretary,
        "/conferences/new",
        weekly(do="confirm", count="3", exceptions=day, room="P1", starts="10:00", ends="11:00"),
    )
    with write() as session:
        query = select(Conference).where(Conference.title == "Khắc phục hậu quả lũ")
        code = session.scalars(query).one().code
    page = text_of(secretary.get(f"/conferences/{code}/edit"))
    assert f"unskip:{day}" in buttons(page)
    form = weekly(do="confirm", count="3", exceptions="", starts="10:00", ends="11:00", room="P1")
    assert post(secretary, f"/conferences/{code}/edit", form).status_code == 302
    with write() as session:
        dates = session.scalars(select(Conference).where(Conference.code == code)).one()
        assert [o.status for o in dates.occurrences] == ["CONFIRMED"] * 3


def test_every_holiday_of_a_series_is_named_and_taken_out_by_one_button(
    secretary: FlaskClient, post: Post
) -> None:
    year = local(now()).year + 1
    eve = date(year, 1, 1) - timedelta(days=7)
    form = weekly(day=written(eve), count="3")
    page = text_of(post(secretary, "/conferences/new", form))
    assert "Kiểm tra lại" in page
    assert "ngày lễ: Tết Dương lịch" in page
    skip = f"skip:{written(date(year, 1, 1))}"
    assert "Trừ 1 ngày lễ" in page
    assert skip in buttons(page)
    page = text_of(post(secretary, "/conferences/new", {**form, "do": skip}))
    assert value_of(page, "exceptions") == written(date(year, 1, 1))
    assert "ngày lễ: Tết Dương lịch" not in page


def test_moving_a_date_onto_another_is_refused(secretary: FlaskClient, post: Post) -> None:
    move = f"{written(thursday(1))}|{written(thursday(2))}|08:30|09:30"
    answer = post(secretary, "/conferences/new", weekly(moves=[move]))
    assert answer.status_code == 422
    assert "chồng lên nhau" in text_of(answer)
