"""Find a time: ranked slots with who is in the way, a table by half hours, a form filled in."""

import re
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from hub.clock import TZ, local, now
from hub.db import db
from tests.web.conferencing.province import book_one, furnish
from tests.web.conferencing.test_booking_form import filled, text_of, ticked, value_of
from tests.web.conftest import Post, SignIn, Write

USE = re.compile(r'name="do" value="(use:[^"]+)"[^>]*aria-label="([^"]+)"')


def next_monday() -> date:
    today = local(now()).date()
    return today + timedelta(days=14 - today.weekday())


def monday(hour: int, minute: int = 0) -> datetime:
    day = next_monday()
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=TZ)


def question(**changes: object) -> dict[str, object]:
    day = next_monday().strftime("%d/%m/%Y")
    asked: dict[str, object] = {
        "do": "times",
        "day": day,
        "times_first": day,
        "times_days": "1",
        "times_minutes": "90",
        "times_hours": "office",
        "times_room": "any",
    }
    return filled(**{**asked, **changes})


@pytest.fixture
def secretary(sign_in: SignIn, write: Write) -> FlaskClient:
    """The secretary; Lệ Thủy is taken on Monday from half past seven to half past ten."""
    with write() as session:
        furnish(session)
        book_one(
            session,
            title="Tập huấn dịch vụ công",
            sites=("DC-457",),
            room_code="P2",
            starts_at=monday(7, 30),
            ends_at=monday(10, 30),
        )
    return sign_in("thuky")


def offers(page: str) -> list[tuple[str, str]]:
    return [(value, unescape(label)) for value, label in USE.findall(page)]


def test_slots_are_ranked_and_say_who_is_in_the_way(secretary: FlaskClient, post: Post) -> None:
    page = text_of(post(secretary, "/conferences/new", question()))
    first = [value for value, _label in offers(page)][:3]
    assert first[0].split("|")[1:3] == ["13:30", "15:00"]
    assert "3/3 bắt buộc" in page
    assert "2/3 bắt buộc" in page
    assert "Điểm cầu Huyện Lệ Thủy bận vì Tập huấn dịch vụ công, 07:30–10:30" in page


def test_an_optional_site_does_not_hold_the_morning_up(secretary: FlaskClient, post: Post) -> None:
    page = text_of(post(secretary, "/conferences/new", question(optional=["DC-457"])))
    labels = [label for _value, label in offers(page)]
    assert "2/2 bắt buộc · 1/1 nên có" in labels[0]
    morning = next(label for label in labels if "07:30–09:00" in label)
    assert "2/2 bắt buộc · 0/1 nên có" in morning


def test_a_slot_fills_the_form_and_loses_nothing(secretary: FlaskClient, post: Post) -> None:
    asked = question(
        agenda="Một, hai", attendee_email=["a@x.vn"], attendee_name=["An"], attendee_role=["CHAIR"]
    )
    page = text_of(post(secretary, "/conferences/new", asked))
    kept = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)
    form: dict[str, list[str]] = {}
    for name, value in kept:
        form.setdefault(name, []).append(unescape(value))
    form.pop("csrf_token", None)
    value, _label = offers(page)[0]
    back = text_of(post(secretary, "/conferences/new", {**form, "do": value}))
    assert value_of(back, "title") == "Khắc phục hậu quả lũ"
    assert (value_of(back, "starts"), value_of(back, "ends")) == ("13:30", "15:00")
    assert value_of(back, "day") == next_monday().strftime("%d/%m/%Y")
    assert ticked(back) == {"DC-44", "DC-457", "DC-19249"}
    assert "Một, hai" in back
    assert value_of(back, "attendee_email") == "a@x.vn"


def test_a_chosen_slot_is_free_in_the_panel_and_is_booked(
    secretary: FlaskClient, post: Post
) -> None:
    page = text_of(post(secretary, "/conferences/new", question()))
    day, starts, ends, room, _missing = offers(page)[0][0].removeprefix("use:").split("|")
    chosen = filled(day=day, starts=starts, ends=ends, room=room)
    assert "<strong>3</strong>/3" in text_of(post(secretary, "/conferences/check", chosen))
    assert post(secretary, "/conferences/new", {**chosen, "do": "confirm"}).status_code == 302


def test_the_table_opens_a_district_and_counts_half_hours(
    secretary: FlaskClient, post: Post
) -> None:
    page = text_of(post(secretary, "/conferences/new", question(do="times_unit:457")))
    table = page[page.index("<table") : page.index("</table>")]
    row = next(r for r in table.split("<tr") if "times-site" in r and "Điểm cầu Huyện" in r)
    assert row.count("bận") == 6
    assert row.count("<td") == 22
    assert 'scope="col"' in table
    assert 'aria-expanded="true"' in table
    part = text_of(post(secretary, "/conferences/times", question(times_unit="457")))
    assert "<html" not in part
    assert "times-site" in part


def test_weekends_are_passed_over_and_holidays_named(secretary: FlaskClient, post: Post) -> None:
    new_year = date(local(now()).year + 1, 1, 1)
    asked = question(times_first=new_year.strftime("%d/%m/%Y"), times_days="7")
    page = text_of(post(secretary, "/conferences/new", asked))
    assert "Tết Dương lịch" in page
    assert not any(new_year.strftime("%d/%m/%Y") in value for value, _label in offers(page))
    with_days_off = text_of(post(secretary, "/conferences/new", {**asked, "times_off": "1"}))
    assert any(new_year.strftime("%d/%m/%Y") in v for v, _label in offers(with_days_off))


def test_an_edit_finds_its_own_time_free(sign_in: SignIn, post: Post, write: Write) -> None:
    with write() as session:
        booked = book_one(session, starts_at=monday(8), ends_at=monday(9, 30))
    browser = sign_in("thuky")
    asked = {**question(changing=booked.code), "starts": "08:00", "ends": "09:30"}
    page = text_of(post(browser, f"/conferences/{booked.code}/edit", asked))
    assert any("08:00–09:30" in label for _v, label in offers(page))
    as_new = text_of(post(browser, "/conferences/new", {**asked, "changing": ""}))
    assert not any("08:00–09:30" in label for _v, label in offers(as_new))


def test_no_slot_says_what_to_give_way(secretary: FlaskClient, post: Post) -> None:
    page = text_of(post(secretary, "/conferences/new", question() | {"times_minutes": "480"}))
    assert "Không có khung giờ nào đủ 3 điểm cầu" in page


def test_two_weeks_take_no_more_queries_than_a_day(secretary: FlaskClient, post: Post) -> None:
    def asked(days: str) -> int:
        count = 0

        def note(*_args: object) -> None:
            nonlocal count
            count += 1

        with secretary.application.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            post(secretary, "/conferences/times", question() | {"times_days": days})
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return count

    assert asked("14") <= asked("1")
