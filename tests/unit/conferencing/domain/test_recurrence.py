"""Recurrence rules against python-dateutil, and what is refused."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conferencing.domain import recurrence
from conferencing.domain.errors import (
    NoOccurrenceError,
    OverlappingOccurrencesError,
    RecurrenceError,
    StartOutsideRuleError,
    TooManyOccurrencesError,
    UnboundedRuleError,
    UnsupportedRuleError,
)
from conferencing.domain.recurrence import (
    FREQUENCIES,
    HORIZON,
    LONGEST_PERIOD,
    WEEKDAYS,
    Recurrence,
)
from conferencing.domain.recurrence_pattern import (
    RecurrencePattern,
    Repeat,
    build_recurrence,
    pattern_of,
)

TZ = ZoneInfo("Asia/Ho_Chi_Minh")
HOUR = timedelta(hours=1)
MONDAY_SIX = datetime(2026, 11, 30, 6)  # noqa: DTZ001 - wall time


def starts(rule: str, first: datetime = MONDAY_SIX) -> list[datetime]:
    """The wall times of a rule's occurrences."""
    occurrences = Recurrence.parse(rule, TZ).expand(first, HOUR, TZ)
    return [o.interval.start.astimezone(TZ).replace(tzinfo=None) for o in occurrences]


def test_monday_six_in_the_morning_stays_a_monday() -> None:
    occurrences = Recurrence.parse("FREQ=WEEKLY;BYDAY=MO;COUNT=3", TZ).expand(MONDAY_SIX, HOUR, TZ)

    assert [o.interval.start.astimezone(TZ).weekday() for o in occurrences] == [0, 0, 0]
    assert occurrences[0].interval.start == datetime(2026, 11, 29, 23, tzinfo=UTC)
    assert [o.recurrence_id for o in occurrences] == [o.interval.start for o in occurrences]


def test_first_monday_of_the_month() -> None:
    first = datetime(2026, 12, 7, 6)  # noqa: DTZ001 - wall time

    assert [d.date() for d in starts("FREQ=MONTHLY;BYDAY=1MO;COUNT=3", first)] == [
        date(2026, 12, 7),
        date(2027, 1, 4),
        date(2027, 2, 1),
    ]


def test_exceptions_count_as_in_the_standard() -> None:
    second = datetime(2026, 12, 7, 6)  # noqa: DTZ001 - wall time
    rule = Recurrence.parse("FREQ=WEEKLY;COUNT=3", TZ, [second])

    assert len(rule.expand(MONDAY_SIX, HOUR, TZ)) == 2


def test_a_last_day_becomes_utc_and_includes_that_day() -> None:
    rule = Recurrence.parse("RRULE:FREQ=DAILY;UNTIL=20261202", TZ)

    assert rule.rrule == "FREQ=DAILY;UNTIL=20261202T165959Z"
    assert len(rule.expand(MONDAY_SIX, HOUR, TZ)) == 3


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ("FREQ=DAILY", UnboundedRuleError),
        ("FREQ=HOURLY;COUNT=3", UnsupportedRuleError),
        ("FREQ=MINUTELY;COUNT=3", UnsupportedRuleError),
        ("FREQ=SECONDLY;COUNT=3", UnsupportedRuleError),
        ("FREQ=DAILY;BYHOUR=1;COUNT=3", UnsupportedRuleError),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", RecurrenceError),
        ("FREQ=DAILY;COUNT=0", RecurrenceError),
        ("FREQ=DAILY;INTERVAL=0;COUNT=2", RecurrenceError),
        ("FREQ=DAILY;UNTIL=20261399", RecurrenceError),
        ("FREQ=DAILY;UNTIL=20261201T060000", RecurrenceError),
        ("FREQ=WEEKLY;BYDAY=1MO;COUNT=2", RecurrenceError),
        ("FREQ=MONTHLY;BYDAY=0MO;COUNT=2", RecurrenceError),
        ("FREQ=DAILY;FREQ=WEEKLY;COUNT=2", RecurrenceError),
        ("COUNT=2", RecurrenceError),
        ("", RecurrenceError),
        ("FREQ=DAILY;COUNT=2\nX-EVIL:1", RecurrenceError),
        ("FREQ=DAILY;BYSETPOS=1;COUNT=2", RecurrenceError),
    ],
)
def test_unusable_rules_are_refused(rule: str, error: type[RecurrenceError]) -> None:
    with pytest.raises(error):
        Recurrence.parse(rule, TZ)


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ("FREQ=DAILY;COUNT=201", TooManyOccurrencesError),
        ("FREQ=DAILY;UNTIL=20280101", TooManyOccurrencesError),
        ("FREQ=MONTHLY;COUNT=60", TooManyOccurrencesError),
        ("FREQ=YEARLY;UNTIL=20400101", TooManyOccurrencesError),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=3", StartOutsideRuleError),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", StartOutsideRuleError),
        ("FREQ=DAILY;UNTIL=20261101", StartOutsideRuleError),
    ],
)
def test_rules_that_give_too_much_or_nothing_are_refused(
    rule: str, error: type[RecurrenceError]
) -> None:
    with pytest.raises(error):
        starts(rule)


def test_a_series_without_any_date_left_is_refused() -> None:
    with pytest.raises(NoOccurrenceError):
        Recurrence.parse("FREQ=DAILY;COUNT=1", TZ, [MONDAY_SIX]).expand(MONDAY_SIX, HOUR, TZ)


def test_occurrences_may_not_run_into_each_other() -> None:
    rule = Recurrence.parse("FREQ=DAILY;COUNT=2", TZ)

    assert rule.expand(MONDAY_SIX, 24 * HOUR, TZ)
    with pytest.raises(OverlappingOccurrencesError):
        rule.expand(MONDAY_SIX, 25 * HOUR, TZ)


def test_the_next_fitting_start_is_offered() -> None:
    rule = Recurrence.parse("FREQ=WEEKLY;BYDAY=WE;COUNT=2", TZ)

    assert rule.first_start(MONDAY_SIX, TZ) == datetime(2026, 12, 2, 6)  # noqa: DTZ001 - wall time


patterns = st.builds(
    RecurrencePattern,
    repeat=st.sampled_from(("daily", "weekly", "monthly_day", "monthly_weekday")),
    interval=st.integers(1, 4),
    weekdays=st.lists(st.integers(0, 6), min_size=1, max_size=5, unique=True).map(
        lambda days: tuple(sorted(days))
    ),
    monthday=st.sampled_from((1, 15, 28, 31, -1)),
    ordinal=st.sampled_from((1, 2, 3, 4, -1)),
    count=st.integers(1, 12),
)
walls = st.builds(
    datetime.combine,
    st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    st.sampled_from((time(0), time(6), time(6, 30), time(13, 30), time(23, 30))),
)


def said(pattern: RecurrencePattern) -> RecurrencePattern:
    """The pattern with only the fields its sentence uses."""
    unused: dict[Repeat, RecurrencePattern] = {
        "daily": RecurrencePattern("daily"),
        "weekly": RecurrencePattern("weekly", weekdays=pattern.weekdays),
        "monthly_day": RecurrencePattern("monthly_day", monthday=pattern.monthday),
        "monthly_weekday": RecurrencePattern(
            "monthly_weekday", weekdays=pattern.weekdays[:1], ordinal=pattern.ordinal
        ),
    }
    kept = unused[pattern.repeat]
    return RecurrencePattern(
        kept.repeat,
        pattern.interval,
        kept.weekdays,
        kept.monthday,
        kept.ordinal,
        pattern.count,
        pattern.until_on,
    )


@given(patterns)
def test_a_form_becomes_a_rule_and_the_rule_the_same_form(filled: RecurrencePattern) -> None:
    pattern = said(filled)

    assert pattern_of(build_recurrence(pattern, TZ), TZ) == pattern


@given(patterns, walls)
def test_occurrences_are_those_of_dateutil(filled: RecurrencePattern, near: datetime) -> None:
    rule = build_recurrence(said(filled), TZ)
    first = rule.first_start(near, TZ)
    assume(first is not None)
    assert first is not None
    expected = list(rrulestr(rule.rrule, dtstart=first))
    assume(expected[-1] <= first + timedelta(days=731))

    occurrences = rule.expand(first, HOUR, TZ)

    assert [o.interval.start for o in occurrences] == [
        wall.replace(tzinfo=TZ).astimezone(UTC) for wall in expected
    ]
    if filled.repeat == "weekly":
        days = {o.interval.start.astimezone(TZ).weekday() for o in occurrences}
        assert days <= set(filled.weekdays)


def any_of(values: Iterable[object], most: int) -> st.SearchStrategy[str]:
    chosen = st.lists(st.sampled_from(list(values)), min_size=1, max_size=most, unique=True)
    return chosen.map(lambda some: ",".join(map(str, some)))


MONTHS: Final = any_of(range(1, 13), 4)
MONTHDAYS: Final = any_of([*range(1, 32), *range(-31, 0)], 4)
PLAIN_DAYS: Final = any_of(WEEKDAYS, 4)
NUMBERED_DAYS: Final = any_of([f"{n}{day}" for n in (1, 2, 4, 5, -1, -5) for day in WEEKDAYS], 3)


@st.composite
def parts_of_rules(draw: st.DrawFn) -> str:
    """Rules of every frequency; what dateutil reads otherwise than RFC 5545 is left out.

    It intersects plain and numbered weekdays instead of joining them, and counts the positions
    of the first week from the first start.
    """
    frequency = draw(st.sampled_from(FREQUENCIES))
    found = {"FREQ": frequency, "INTERVAL": str(draw(st.integers(1, 5)))}
    optional = {"BYMONTH": MONTHS, "BYMONTHDAY": MONTHDAYS, "BYDAY": PLAIN_DAYS}
    if frequency in ("MONTHLY", "YEARLY"):
        optional["BYDAY"] = PLAIN_DAYS | NUMBERED_DAYS
    if frequency == "WEEKLY":
        del optional["BYMONTHDAY"]
        found["WKST"] = draw(st.sampled_from(WEEKDAYS))
    for name, values in optional.items():
        if draw(st.booleans()):
            found[name] = draw(values)
    if frequency != "WEEKLY" and optional.keys() & found.keys() and draw(st.booleans()):
        found["BYSETPOS"] = draw(any_of((1, 2, 3, -1, -2), 2))
    return ";".join(f"{name}={value}" for name, value in found.items())


@given(parts_of_rules(), walls)
@settings(deadline=None, max_examples=300)
def test_every_rule_gives_the_days_that_dateutil_gives(parts: str, near: datetime) -> None:
    last = near + timedelta(days=700)
    rule = Recurrence.parse(f"{parts};UNTIL={last:%Y%m%d}", TZ)
    first = rule.first_start(near, TZ)
    # Without an occurrence dateutil searches until the year 9999.
    assume(first is not None)
    assert first is not None
    expected = rrulestr(parts, dtstart=first).between(first, last, inc=True)

    try:
        found = rule.expand(first, timedelta(minutes=1), TZ, limit=1000)
    except StartOutsideRuleError:
        # A rule anchored at another day may leave that day out; dateutil must agree.
        assert expected[:1] != [first]
        return

    assert [o.interval.start.astimezone(TZ).date() for o in found] == [
        wall.date() for wall in expected
    ]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYDAY=MO;BYSETPOS=2;COUNT=2",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=9;COUNT=3",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3",
        "FREQ=DAILY;BYMONTHDAY=1;BYDAY=MO;BYSETPOS=5;UNTIL=20271231",
    ],
)
def test_a_rule_that_never_matches_is_refused_after_a_look_at_each_day(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = 0
    weekday_names = recurrence._weekday_names

    def counted(day: date, in_year: bool) -> frozenset[tuple[int, int]]:
        nonlocal looked_at
        looked_at += 1
        return weekday_names(day, in_year)

    monkeypatch.setattr(recurrence, "_weekday_names", counted)
    with pytest.raises(StartOutsideRuleError):
        Recurrence.parse(rule, TZ).expand(MONDAY_SIX, HOUR, TZ)
    assert looked_at <= (HORIZON + 2 * LONGEST_PERIOD).days + 1


def test_positions_count_within_the_whole_week_and_weekdays_add_up() -> None:
    """RFC 5545, where dateutil reads otherwise."""
    wednesday = MONDAY_SIX + timedelta(days=2)
    with pytest.raises(StartOutsideRuleError):
        Recurrence.parse("FREQ=WEEKLY;BYDAY=MO,WE;BYSETPOS=1;COUNT=2", TZ).expand(
            wednesday, HOUR, TZ
        )
    joined = Recurrence.parse("FREQ=MONTHLY;BYDAY=WE,1FR;COUNT=3", TZ)
    days = [o.interval.start.astimezone(TZ).day for o in joined.expand(wednesday, HOUR, TZ)]
    assert days == [2, 4, 9]


def test_a_last_day_comes_back_as_the_same_day() -> None:
    pattern = RecurrencePattern("weekly", weekdays=(0, 3), until_on=date(2027, 1, 31))

    rule = build_recurrence(pattern, TZ)

    assert rule.rrule == "FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20270131T165959Z"
    assert pattern_of(rule, TZ) == pattern


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;COUNT=2",
        "FREQ=MONTHLY;COUNT=2",
        "FREQ=MONTHLY;BYDAY=MO;COUNT=2",
        "FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=2",
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1;COUNT=2",
        "FREQ=DAILY;BYDAY=MO;COUNT=2",
    ],
)
def test_what_no_sentence_says_is_custom(rule: str) -> None:
    assert pattern_of(Recurrence.parse(rule, TZ), TZ).repeat == "custom"


@pytest.mark.parametrize(
    "pattern",
    [
        RecurrencePattern("daily"),
        RecurrencePattern("daily", count=3, until_on=date(2027, 1, 1)),
        RecurrencePattern("weekly", count=3),
        RecurrencePattern("weekly", weekdays=(7,), count=3),
        RecurrencePattern("monthly_day", count=3),
        RecurrencePattern("monthly_day", monthday=32, count=3),
        RecurrencePattern("monthly_weekday", weekdays=(0,), ordinal=5, count=3),
        RecurrencePattern("monthly_weekday", weekdays=(0, 1), ordinal=1, count=3),
        RecurrencePattern("daily", interval=0, count=3),
        RecurrencePattern("daily", count=0),
        RecurrencePattern("custom", count=3),
    ],
)
def test_half_filled_forms_are_refused(pattern: RecurrencePattern) -> None:
    with pytest.raises(RecurrenceError):
        build_recurrence(pattern, TZ)


@given(
    st.text(max_size=60)
    | st.from_regex(r"FREQ=[A-Z]{5,7};[A-Z]{4,8}=[-0-9A-Z,]{1,9}", fullmatch=True)
)
def test_any_text_is_a_rule_or_a_recurrence_error(text: str) -> None:
    try:
        rule = Recurrence.parse(text, TZ)
    except RecurrenceError:
        return

    assert Recurrence.parse(rule.rrule, TZ) == rule
