"""Days and times as people type them."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conferencing.booking.repetition import exception_days, ordinal_of
from conferencing.time_words import parse_day, parse_end, parse_time

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


# The nineteenth of October 2020 is a Monday.
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("thứ năm", date(2020, 10, 22)),
        ("Thứ 5", date(2020, 10, 22)),
        ("t5", date(2020, 10, 22)),
        ("thứ hai", TODAY),
        ("thứ hai tới", date(2020, 10, 26)),
        ("thứ sáu", date(2020, 10, 23)),
        ("thứ sáu tuần sau", date(2020, 10, 30)),
        ("thứ năm tuần sau", date(2020, 10, 29)),
        ("THU NAM TUAN SAU", date(2020, 10, 29)),
        ("t5 tuần tới", date(2020, 10, 29)),
        ("thứ 5  tuần sau nữa", date(2020, 11, 5)),
        ("chủ nhật này", date(2020, 10, 25)),
        ("cn tuần này", date(2020, 10, 25)),
        ("chiều thứ tư", date(2020, 10, 21)),
        ("Thứ Năm, 22/10/2020", date(2020, 10, 22)),
        ("thứ 5 ngày 22/10", date(2020, 10, 22)),
        ("ngày kia", date(2020, 10, 21)),
        ("ngày kìa", date(2020, 10, 22)),
        ("sáng mai", date(2020, 10, 20)),
        ("cuối tháng", date(2020, 10, 31)),
        ("cuối tháng sau", date(2020, 11, 30)),
        ("đầu tháng", date(2020, 11, 1)),
        ("giữa tháng 12", date(2020, 12, 15)),
        ("cuối tháng 2", date(2021, 2, 28)),
        ("cuối tháng 2 năm 2024", date(2024, 2, 29)),
        ("cuối tháng 12", date(2020, 12, 31)),
        ("ngày 25", date(2020, 10, 25)),
        ("ngày 15", date(2020, 11, 15)),
        ("ngày 5 tháng sau", date(2020, 11, 5)),
        ("ngày 15 tháng 12 năm 2020", date(2020, 12, 15)),
        ("15 tháng 12", date(2020, 12, 15)),
        ("ngày 20/10", date(2020, 10, 20)),
        ("3 ngày nữa", date(2020, 10, 22)),
        ("sau 2 tuần", date(2020, 11, 2)),
    ],
)
def test_words_for_days_are_understood(typed: str, meant: date) -> None:
    assert parse_day(typed, TODAY) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "thứ",
        "thứ 8",
        "t1",
        "thứ năm, 23/10/2020",
        "thứ năm tuần trước",
        "cuối tháng 13",
        "ngày 32",
        "ngày 15 tháng 13",
        "tuần sau",
        "2 tuần",
        "mai mốt gì đó",
        "thứ năm " + "tuần " * 30_000,
    ],
)
def test_words_that_name_no_day_are_refused(typed: str) -> None:
    assert parse_day(typed, TODAY) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("16h", (TODAY, time(16))),
        ("01:00 hôm sau", (date(2020, 10, 20), time(1))),
        ("1 giờ 30 ngày hôm sau", (date(2020, 10, 20), time(1, 30))),
        ("1h +1", (date(2020, 10, 20), time(1))),
        ("1:00 next day", (date(2020, 10, 20), time(1))),
        ("10:00 21/10/2020", (date(2020, 10, 21), time(10))),
        ("10h thứ tư", (date(2020, 10, 21), time(10))),
    ],
)
def test_an_end_may_lie_on_a_later_day(typed: str, meant: tuple[date, time]) -> None:
    assert parse_end(typed, TODAY) == meant


@pytest.mark.parametrize("typed", ["", "hôm sau", "16h bánh mì", "25h hôm sau"])
def test_what_is_no_end_is_refused(typed: str) -> None:
    assert parse_end(typed, TODAY) is None


@given(
    st.dates(date(2000, 2, 1), date(2199, 1, 1)), st.text("thứ năm tuầsaui2567 cntg/+", max_size=20)
)
def test_any_words_on_any_day_give_a_day_or_nothing(today: date, typed: str) -> None:
    assert parse_day(typed, today) is None or isinstance(parse_day(typed, today), date)
    assert parse_end(typed, today) is None or isinstance(parse_end(typed, today), tuple)


@given(st.dates(date(2000, 2, 1), date(2199, 1, 1)), st.integers(0, 6))
def test_a_weekday_is_one_of_the_next_seven_days(today: date, number: int) -> None:
    name = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")[number]
    day = parse_day(name, today)
    assert day is not None
    assert day.weekday() == number
    assert 0 <= (day - today).days < 7


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
