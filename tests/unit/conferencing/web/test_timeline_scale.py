"""The time axis: where a moment stands, how wide a day is, which hours are shown."""

from datetime import date, datetime, timedelta

from conferencing.availability.day_scale import DayScale
from conferencing.domain.interval import Interval
from conferencing.timeline.axis import make_axis
from hub.clock import TZ

MONDAY = date(2020, 10, 19)


def span(day: int, hour: float, hours: float) -> Interval:
    start = datetime(2020, 10, day, tzinfo=TZ) + timedelta(hours=hour)
    return Interval(start, start + timedelta(hours=hours))


def test_a_day_shows_working_hours_and_whatever_lies_outside_them() -> None:
    assert (DayScale.around(MONDAY).first, DayScale.around(MONDAY).last) == (7, 18)
    late = DayScale.around(MONDAY, [span(19, 5.5, 1), span(19, 21.5, 1)])
    assert (late.first, late.last) == (5, 23)
    over_midnight = DayScale.around(MONDAY, [span(19, 23, 3)])
    assert over_midnight.last == 24


def test_a_span_stands_where_its_hours_are() -> None:
    scale = DayScale(MONDAY, 8, 18)
    piece = scale.piece(span(19, 9, 2))
    assert piece is not None
    assert (piece.x, piece.width) == (10.0, 20.0)
    assert scale.piece(span(20, 9, 2)) is None


def test_weekends_are_narrow_until_something_takes_place() -> None:
    quiet = make_axis("week", MONDAY, MONDAY, [])
    busy = make_axis("week", MONDAY, MONDAY, [span(24, 8, 2)])
    assert quiet.columns[5].is_narrow
    assert not busy.columns[5].is_narrow
    assert abs(sum(column.width for column in quiet.columns) - 1) < 1e-9


def test_a_place_is_three_digits_of_a_thousandth() -> None:
    axis = make_axis("day", MONDAY, MONDAY, [])
    place = axis.place(span(19, 7, 11))
    assert place is not None
    assert place.classes == "at xa0 xb0 xc0 wa9 wb9 wc9"
    middle = axis.place(span(19, 12.5, 5.5))
    assert middle is not None
    assert middle.classes == "at xa5 xb0 xc0 wa5 wb0 wc0"


def test_a_span_over_several_days_is_one_piece() -> None:
    axis = make_axis("week", MONDAY, MONDAY, [])
    place = axis.place(span(19, 7, 24 + 11))
    assert place is not None
    assert place.x == 0
    assert place.end == axis.columns[1].place.end


def test_half_days_are_counted_in_a_week_and_hours_in_a_day() -> None:
    assert len(make_axis("week", MONDAY, MONDAY, []).cells()) == 5 * 2 + 2
    assert len(make_axis("day", MONDAY, MONDAY, []).cells()) == 11
