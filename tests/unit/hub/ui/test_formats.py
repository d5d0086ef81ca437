"""Dates, ages and numbers as Vietnamese read them, and as English readers do."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from hypothesis import given
from hypothesis import strategies as st

from hub.ui.formats import age_vi, date_vi, datetime_vi, initials, number_vi, time_vi

# 19 October 2020, 00:30 in the province: still the 18th in UTC.
NIGHT = datetime(2020, 10, 18, 17, 30, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def vietnamese_request() -> Iterator[None]:
    app = Flask("formats")
    Babel(app, default_locale="vi")
    with app.test_request_context():
        yield


def test_dates_are_those_of_the_province() -> None:
    assert date_vi(NIGHT) == "19/10/2020"
    assert date_vi(NIGHT, "day") == "19/10"
    assert date_vi(date(2020, 1, 2)) == "02/01/2020"


def test_long_dates_name_the_day() -> None:
    assert date_vi(NIGHT, "long") == "Thứ Hai, 19/10/2020"
    with force_locale("en"):
        assert date_vi(NIGHT, "long") == "Monday, 19/10/2020"


def test_times_have_24_hours_and_stand_before_the_date() -> None:
    assert time_vi(NIGHT) == "00:30"
    assert time_vi(NIGHT, seconds=True) == "00:30:05"
    assert datetime_vi(NIGHT) == "00:30 19/10/2020"


@pytest.mark.parametrize(
    ("offset", "vietnamese"),
    [
        (timedelta(seconds=-20), "vừa xong"),
        (timedelta(minutes=-6), "6 phút trước"),
        (timedelta(hours=-3), "3 giờ trước"),
        (timedelta(days=-2), "2 ngày trước"),
    ],
)
def test_ages_are_relative(offset: timedelta, vietnamese: str) -> None:
    assert age_vi(NIGHT + offset, NIGHT) == vietnamese


def test_what_is_to_come_is_not_told_as_past() -> None:
    assert "trước" not in age_vi(NIGHT + timedelta(hours=2), NIGHT)


def test_numbers_take_the_comma_in_vietnamese_only() -> None:
    assert number_vi(4.88) == "4,88"
    assert number_vi(1234.5, 1) == "1.234,5"
    assert number_vi(248, 0) == "248"
    with force_locale("en"):
        assert number_vi(1234.5, 1) == "1,234.5"


@given(st.floats(), st.one_of(st.none(), st.integers(0, 4)))
def test_any_number_that_was_ever_stored_can_be_written(value: float, decimals: int | None) -> None:
    assert number_vi(value, decimals)


def test_nothing_is_shown_as_a_dash_not_as_zero() -> None:
    assert {date_vi(None), time_vi(None), datetime_vi(None), age_vi(None), number_vi(None)} == {"–"}


def test_initials_are_of_the_given_names() -> None:
    assert initials("Trần Thị Minh Hằng") == "MH"
    assert initials("Đức") == "Đ"
    assert initials("") == ""
