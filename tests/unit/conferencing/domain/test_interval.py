"""Half-open intervals."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conferencing.domain.errors import (
    ConferencingDomainError,
    EmptyIntervalError,
    NaiveTimeError,
)
from conferencing.domain.interval import Interval, gaps, merge
from tests.unit.conferencing.domain.strategies import MONDAY, moment, slots_of, span, spans

HOUR = timedelta(hours=1)


def test_touching_spans_do_not_overlap() -> None:
    assert not span(0, 2).overlaps(span(2, 4))
    assert span(0, 3).overlaps(span(2, 4))


def test_the_end_is_outside() -> None:
    assert span(0, 2).contains(moment(0))
    assert not span(0, 2).contains(moment(2))


def test_other_zones_become_utc() -> None:
    local = datetime(2026, 11, 30, 7, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))

    assert Interval(local, local + HOUR).start == datetime(2026, 11, 30, tzinfo=UTC)
    assert Interval(local, local + HOUR).start.tzinfo is UTC


def test_naive_moments_are_refused() -> None:
    with pytest.raises(NaiveTimeError):
        Interval(datetime(2026, 11, 30), MONDAY)  # noqa: DTZ001 - the mistake under test


@pytest.mark.parametrize("length", [timedelta(0), -HOUR])
def test_an_end_before_the_start_is_refused(length: timedelta) -> None:
    with pytest.raises(EmptyIntervalError) as caught:
        Interval(MONDAY, MONDAY + length)

    assert isinstance(caught.value, ConferencingDomainError)
    assert isinstance(caught.value, ValueError)


def test_buffers_widen_both_sides() -> None:
    assert span(4, 6).widened(HOUR, HOUR / 2) == span(2, 7)


@given(spans(), spans())
def test_overlap_means_a_shared_half_hour(one: Interval, other: Interval) -> None:
    shared = slots_of(one) & slots_of(other)

    assert one.overlaps(other) == bool(shared)
    assert other.overlaps(one) == bool(shared)
    both = one.intersection(other)
    assert (slots_of(both) if both else set()) == shared
    assert one.covers(other) == (slots_of(other) <= slots_of(one))


@given(st.lists(spans(), max_size=12))
def test_merging_keeps_the_same_half_hours_in_apart_spans(many: list[Interval]) -> None:
    merged = merge(many)

    assert set().union(*map(slots_of, many)) == set().union(*map(slots_of, merged))
    assert all(a.end < b.start for a, b in pairwise(merged))


@given(st.lists(spans(), max_size=12), spans())
def test_gaps_are_exactly_what_is_not_busy(busy: list[Interval], window: Interval) -> None:
    free = gaps(busy, window)

    taken = set().union(*map(slots_of, busy))
    assert set().union(*map(slots_of, free)) == slots_of(window) - taken
    assert free == sorted(free)
