"""The form offers every way to repeat, before and after it came back with an error."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from conferencing.booking.change_plan import by_code, request_of
from conferencing.booking.moving import move_occurrence
from conferencing.booking.page import form_values
from hub.access.actor import actor_of
from hub.accounts.services import find_user
from hub.clock import local
from tests.factories import in_days
from tests.web.conferencing.province import book_one
from tests.web.conferencing.test_booking_form import filled, secretary, text_of
from tests.web.conftest import Post, Write

__all__ = ["secretary"]


def offered(page: str) -> tuple[list[str], int]:
    """The values of the select, and how many weekdays can be ticked."""
    select = re.search(r'<select[^>]* name="repeat".*?</select>', page, re.DOTALL)
    assert select is not None
    values = re.findall(r'<option value="([^"]*)"', select[0])
    return values, len(re.findall(r'name="weekdays" value="', page))


def test_an_empty_form_offers_every_way_to_repeat(secretary: FlaskClient) -> None:
    values, weekdays = offered(text_of(secretary.get("/conferences/new")))
    assert values == ["", "daily", "weekly", "monthly_day", "monthly_weekday"]
    assert weekdays == 7


def test_a_refused_form_keeps_its_way_to_repeat(secretary: FlaskClient, post: Post) -> None:
    page = text_of(post(secretary, "/conferences/new", filled(title="", repeat="weekly")))
    assert '<option value="weekly" selected>' in page
    assert offered(page)[1] == 7


def moved_series(write: Write) -> str:
    """Three days of which the second was moved away; its slot belongs to somebody else now."""
    start = in_days(20)
    with write() as session:
        series = book_one(session, starts_at=start, rrule="FREQ=DAILY;COUNT=3")
        second = by_code(session, series.code).occurrences[1]
        put = second.starts_at + timedelta(hours=4)
        secretary = find_user(session, "thuky")
        assert secretary is not None
        move_occurrence(session, actor_of(secretary), second, put, put + timedelta(hours=1))
        book_one(session, starts_at=start + timedelta(days=1), title="Việc khác")
    return series.code


def test_a_new_title_is_not_refused_over_a_slot_that_a_moved_date_left(
    secretary: FlaskClient, post: Post, write: Write
) -> None:
    code = moved_series(write)
    with write() as session:
        form: dict[str, Any] = form_values(request_of(by_code(session, code))).to_dict(flat=False)
    form |= {"title": "Tên khác", "do": "review"}
    answer = post(secretary, f"/conferences/{code}/edit", form)
    review = text_of(answer)
    assert answer.status_code == 200, review
    put = local(in_days(21)) + timedelta(hours=4)
    assert f"{put:%H:%M}–{put + timedelta(hours=1):%H:%M} <strong>đã dời</strong>" in review
    saved = post(secretary, f"/conferences/{code}/edit", form | {"do": "confirm"})
    assert saved.status_code == 302
    with write() as session:
        conference = by_code(session, code)
        assert conference.title == "Tên khác"
        assert [o.is_moved for o in conference.occurrences] == [False, True, False]


def test_a_series_is_changed_from_one_date_on_by_the_form(
    secretary: FlaskClient, post: Post, write: Write
) -> None:
    with write() as session:
        code = book_one(session, rrule="FREQ=WEEKLY;COUNT=4").code
        third = by_code(session, code).occurrences[2]
        since, day = third.id, f"{local(third.starts_at):%d/%m/%Y}"
    path = f"/conferences/{code}/edit?since={since}"
    page = secretary.get(path)
    assert f'value="{day}"' in page.text
    assert f"từ buổi {day}" in text_of(page)
    with write() as session:
        conference = by_code(session, code)
        asked = request_of(conference, conference.occurrences[2])
        form: dict[str, Any] = form_values(asked).to_dict(flat=False)
    form |= {"starts": ["15:00"], "ends": ["16:00"]}
    review = post(secretary, path, {**form, "do": "review"})
    assert review.status_code == 200, review.text[:500]
    assert f"Những buổi trước đó giữ nguyên trong {code}" in text_of(review)
    saved = post(secretary, path, {**form, "do": "confirm"})
    assert saved.status_code == 302
    following = secretary.get(saved.location)
    assert f'/conferences/{code}">{code}' in following.text
    assert "Các buổi sau tiếp tục ở" in text_of(secretary.get(f"/conferences/{code}"))
    with write() as session:
        assert len(by_code(session, code).occurrences) == 2
        after = by_code(session, saved.location.rsplit("/", 1)[-1])
        assert [local(o.starts_at).hour for o in after.occurrences] == [15, 15]


@pytest.mark.parametrize("day", ["", "01", "7", "x"])
def test_a_weekday_that_is_none_is_left_out(secretary: FlaskClient, post: Post, day: str) -> None:
    form = filled(
        do="review", repeat="weekly", weekdays=day, interval="1", bound="count", count="3"
    )
    assert post(secretary, "/conferences/new", form).status_code == 200
    assert post(secretary, "/conferences/check", form).status_code == 200
