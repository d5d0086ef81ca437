"""Which date is which after a change of the series."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from conferencing.domain.interval import Interval
from conferencing.domain.recurrence import DatedOccurrence, Recurrence
from conferencing.domain.series import SeriesDate, follow_dates, settle, tell_series

FIRST = datetime(2026, 10, 5, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


def date(number: int, *, shift: timedelta = timedelta(0), **state: bool) -> SeriesDate:
    """The date of week ``number``, elsewhere by ``shift`` if it was moved."""
    start = FIRST + number * WEEK
    return SeriesDate(start, Interval(start + shift, start + shift + HOUR), **state)


def planned(count: int, later: timedelta = timedelta(0)) -> list[DatedOccurrence]:
    """What a weekly rule gives."""
    starts = [FIRST + number * WEEK + later for number in range(count)]
    return [DatedOccurrence(start, Interval(start, start + HOUR)) for start in starts]


def test_a_moved_date_stays_where_it_was_put() -> None:
    before = [date(0), date(1, shift=3 * HOUR, is_moved=True), date(2)]
    after = settle(before, planned(3, HOUR / 2), (), FIRST - WEEK, recurs=True)
    assert after.dates[1].interval == before[1].interval
    assert after.dates[1].recurrence_id == FIRST + WEEK + HOUR / 2
    assert [d.is_moved for d in after.dates] == [False, True, False]
    assert after.gone == frozenset()


def test_what_has_begun_is_neither_cancelled_nor_brought_back() -> None:
    before = [date(0), date(1, is_cancelled=True), date(2)]
    plan = planned(3)
    after = settle(before, plan[1:], plan[:1], FIRST + WEEK + HOUR, recurs=True)
    assert [d.is_cancelled for d in after.dates] == [False, True, False]


def test_a_shorter_rule_ends_dates_by_name_and_a_longer_one_adds_some() -> None:
    before = [date(0), date(1), date(2)]
    shorter = settle(before, planned(2), (), FIRST - WEEK, recurs=True)
    assert shorter.gone == {FIRST + 2 * WEEK}
    longer = settle(before, planned(4), (), FIRST - WEEK, recurs=True)
    assert FIRST + 3 * WEEK not in longer.before
    assert len(longer.dates) == 4


def test_only_what_takes_place_and_is_not_over_is_held() -> None:
    before = [date(0), date(1), date(2)]
    plan = planned(3)
    after = settle(before, [plan[0], plan[2]], [plan[1]], FIRST - WEEK, recurs=True)
    assert [d.recurrence_id for d in after.to_hold(FIRST + HOUR)] == [FIRST + 2 * WEEK]


instants = st.sets(st.integers(-50, 50).map(lambda n: FIRST + n * HOUR), max_size=12)


@given(instants, instants)
def test_no_date_becomes_two_and_no_two_become_one(
    before: set[datetime], after: set[datetime]
) -> None:
    follow = follow_dates(before, after)
    assert set(follow) <= before
    assert set(follow.values()) <= after
    assert len(set(follow.values())) == len(follow)
    if before & after:
        assert follow == {start: start for start in before & after}
    else:
        assert len(follow) == min(len(before), len(after))
        assert list(follow.values()) == sorted(follow.values())


@given(st.data())
def test_settling_again_changes_nothing(data: st.DataObject) -> None:
    before = [
        date(
            number,
            shift=HOUR * data.draw(st.integers(2, 5)),
            is_moved=data.draw(st.booleans()),
            is_cancelled=data.draw(st.booleans()),
        )
        for number in range(data.draw(st.integers(1, 8)))
    ]
    at = FIRST + data.draw(st.integers(-1, 8)) * WEEK
    plan = planned(data.draw(st.integers(1, 8)))
    off = data.draw(st.sets(st.integers(0, len(plan) - 1)))
    kept = [d for number, d in enumerate(plan) if number not in off]
    excepted = [d for number, d in enumerate(plan) if number in off]
    once = settle(before, kept, excepted, at, recurs=True)
    again = settle(once.dates, kept, excepted, at, recurs=True)
    assert again.dates == once.dates
    assert again.gone == frozenset()


@given(
    st.sampled_from(
        [
            "FREQ=DAILY",
            "FREQ=DAILY;INTERVAL=3",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR",
            "FREQ=MONTHLY;BYDAY=1MO,-1MO",
            "FREQ=MONTHLY;BYMONTHDAY=5,-1",
            "FREQ=YEARLY;BYMONTH=10,11;BYDAY=MO",
            "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO",
        ]
    ),
    st.lists(st.booleans(), min_size=2, max_size=6).filter(lambda off: not all(off)),
)
def test_a_told_series_gives_the_dates_that_are_held(rule: str, off: list[bool]) -> None:
    whole = Recurrence.parse(f"{rule};COUNT={len(off)}", UTC)
    dates = whole.expand(FIRST, HOUR, UTC)
    told = tell_series(
        whole.rrule,
        [SeriesDate(d.recurrence_id, d.interval, gone) for d, gone in zip(dates, off, strict=True)],
    )
    again = Recurrence.parse(told.rrule, UTC, told.left_out).expand(told.start, HOUR, UTC)
    assert again == [date for date, gone in zip(dates, off, strict=True) if not gone]
    assert told.start == again[0].recurrence_id
    assert not told.left_out or max(told.left_out) < again[-1].recurrence_id
