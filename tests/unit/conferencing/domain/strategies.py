"""Hypothesis strategies over a few days in half hours, so that spans meet often."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from conferencing.domain.interval import Interval

MONDAY = datetime(2026, 11, 30, tzinfo=UTC)
STEP = timedelta(minutes=30)


def moment(half_hours: int) -> datetime:
    """The moment so many half hours after MONDAY."""
    return MONDAY + half_hours * STEP


def span(first: int, last: int) -> Interval:
    """The interval between two moments."""
    return Interval(moment(first), moment(last))


def spans(slots: int = 96) -> st.SearchStrategy[Interval]:
    """Intervals of up to twelve half hours."""
    return st.builds(
        lambda first, length: span(first, first + length),
        st.integers(0, slots),
        st.integers(1, 12),
    )


def slots_of(interval: Interval) -> set[int]:
    """The half hours an interval fills: the brute-force picture of it."""
    first = (interval.start - MONDAY) // STEP
    return set(range(first, (interval.end - MONDAY) // STEP))
