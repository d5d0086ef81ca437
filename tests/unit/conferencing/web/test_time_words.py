"""Days and times as people type them."""

from datetime import date, time

import pytest

from conferencing.booking.forms import exception_days, ordinal_of
from conferencing.time_words import parse_day, parse_time

TODAY = date(2020, 10, 19)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14h30", time(14, 30)),
        ("1430", time(14, 30)),
        ("730", time(7, 30)),
        ("14:30", time(14, 30)),
        ("14.30", time(14, 30)),
        ("14 h 30", time(14, 30)),
        ("14H", time(14)),
        ("14 giờ 30", time(14, 30)),
        ("8", time(8)),
        ("0:05", time(0, 5)),
    ],
)
def test_times_are_understood(typed: str, meant: time) -> None:
    assert parse_time(typed) == meant


@pytest.mark.parametrize("typed", ["", "24h", "14h60", "chiều", "14:30:00", "-1", "99999"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    assert parse_time(typed) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("20/10/2020", date(2020, 10, 20)),
        ("20/10", date(2020, 10, 20)),
        ("5/1", date(2021, 1, 5)),
        ("20-10-20", date(2020, 10, 20)),
        ("20102020", date(2020, 10, 20)),
        ("2020-10-20", date(2020, 10, 20)),
        ("mai", date(2020, 10, 20)),
        ("Hôm nay", TODAY),
        ("29/02/2024", date(2024, 2, 29)),
    ],
)
def test_days_are_understood(typed: str, meant: date) -> None:
    assert parse_day(typed, TODAY) == meant


@pytest.mark.parametrize(
    "typed", ["", "31/02/2020", "20/13", "hôm qua", "01/01/0001", "9999-12-31"]
)
def test_what_is_no_day_is_refused(typed: str) -> None:
    assert parse_day(typed, TODAY) is None


def test_exceptions_name_what_they_do_not_understand() -> None:
    days, unread = exception_days("20/10, xx; 27/10/2020\n", TODAY)
    assert days == [date(2020, 10, 20), date(2020, 10, 27)]
    assert unread == "xx"


def test_the_fifth_weekday_of_a_month_is_its_last() -> None:
    assert [ordinal_of(date(2020, 10, day)) for day in (1, 7, 8, 28, 29)] == [1, 1, 2, 4, -1]
