from datetime import UTC, datetime, timedelta

import pytest

from smartcity.domain.flood import (
    AlarmMarks,
    Course,
    FloodLevel,
    course_of,
    level_reached,
    severity_of,
    trend_cm_per_hour,
)
from smartcity.domain.severity import Severity

LE_THUY = AlarmMarks(1.2, 2.2, 2.7)
DONG_HOI = AlarmMarks(None, None, 2.0)
NOTHING = AlarmMarks(None, None, None)
START = datetime(2020, 10, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("marks", "metres", "level"),
    [
        (LE_THUY, 1.19, FloodLevel.NORMAL),
        (LE_THUY, 1.2, FloodLevel.BD1),
        (LE_THUY, 2.69, FloodLevel.BD2),
        (LE_THUY, 4.88, FloodLevel.BD3),
        (DONG_HOI, 1.99, FloodLevel.UNKNOWN),
        (DONG_HOI, 2.11, FloodLevel.BD3),
        (NOTHING, 9.0, FloodLevel.UNKNOWN),
        (AlarmMarks(1.0, None, None), 5.0, FloodLevel.BD1),
    ],
)
def test_a_missing_mark_is_unknown_and_never_normal(
    marks: AlarmMarks, metres: float, level: FloodLevel
) -> None:
    assert level_reached(marks, metres) is level


def test_severity_follows_the_mark() -> None:
    assert [severity_of(level) for level in FloodLevel] == [
        None,
        None,
        Severity.MEDIUM,
        Severity.HIGH,
        Severity.CRITICAL,
    ]


def test_the_trend_is_the_slope_of_the_last_hour() -> None:
    rising = [(START + timedelta(minutes=m), 4.0 + m / 60 * 0.12) for m in range(0, 61, 10)]
    old = [(START - timedelta(hours=3), 9.0)]

    trend = trend_cm_per_hour([*reversed(rising), *old])

    assert trend == pytest.approx(12.0)
    assert course_of(trend) is Course.RISING


def test_too_short_a_series_has_no_trend() -> None:
    assert trend_cm_per_hour([]) is None
    assert trend_cm_per_hour([(START, 1.0)]) is None
    assert trend_cm_per_hour([(START, 1.0), (START + timedelta(minutes=9), 2.0)]) is None
    assert course_of(None) is None


@pytest.mark.parametrize(
    ("trend", "course"), [(0.9, Course.STEADY), (-0.9, Course.STEADY), (-1.0, Course.FALLING)]
)
def test_small_slopes_are_steady(trend: float, course: Course) -> None:
    assert course_of(trend) is course


def test_a_drill_says_where_the_water_goes_now() -> None:
    """Played sixty times as fast, it rose for fifty minutes and has fallen for the last five."""
    end = datetime(2020, 10, 19, 3, 0, tzinfo=UTC)
    falls_at = end - timedelta(minutes=5)
    series = [
        (at, 3.0 - abs((at - falls_at).total_seconds()) / 3000)
        for at in (end - timedelta(seconds=5 * number) for number in range(660))
    ]
    real = trend_cm_per_hour(series)
    assert real is not None
    assert course_of(real) is Course.RISING
    assert course_of(trend_cm_per_hour(series, is_drill=True)) is Course.FALLING
    slow = [(end - timedelta(minutes=10 * number), 3.0 + number) for number in range(5)]
    assert trend_cm_per_hour(slow, is_drill=True) == trend_cm_per_hour(slow)
