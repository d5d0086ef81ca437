import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcity.domain.reading import Detection
from smartcity.domain.rules import (
    IDLE,
    AbsenceRule,
    BadLevels,
    Change,
    DetectionRule,
    Direction,
    Level,
    RuleState,
    ThresholdRule,
    evaluate,
    is_match,
    is_silent,
    restored,
)
from smartcity.domain.severity import Severity

START = datetime(2020, 10, 18, tzinfo=UTC)
RIVER = (
    Level(1.2, 1.15, Severity.MEDIUM),
    Level(2.2, 2.15, Severity.HIGH),
    Level(2.7, 2.65, Severity.CRITICAL),
)


def rule(*levels: Level, direction: Direction = Direction.ABOVE, hold_s: int = 0) -> ThresholdRule:
    return ThresholdRule(1, "x", direction, levels, timedelta(seconds=hold_s))


def changes(
    watched: ThresholdRule, values: Sequence[tuple[float, float]], state: RuleState = IDLE
) -> list[Change | None]:
    found = []
    for minute, value in values:
        at = START + timedelta(minutes=minute)
        state, outcome = evaluate(watched, state, value, at)
        found.append(outcome.change if outcome else None)
    return found


def test_a_value_at_the_level_raises_and_repeats_until_it_is_back_past_the_clear_value() -> None:
    watched = rule(Level(10, 8, Severity.HIGH))

    assert changes(watched, [(0, 9.9), (1, 10), (2, 9), (3, 8), (4, 7.9), (5, 9)]) == [
        None,
        Change.RAISE,
        Change.REPEAT,
        Change.REPEAT,
        Change.CLEAR,
        None,
    ]


def test_below_is_the_mirror_of_above() -> None:
    mains = rule(Level(0.5, 0.5, Severity.HIGH), direction=Direction.BELOW)

    assert changes(mains, [(0, 1), (1, 0), (2, 0), (3, 1)]) == [
        None,
        Change.RAISE,
        Change.REPEAT,
        Change.CLEAR,
    ]


def test_a_level_must_hold_by_the_clock_of_the_device() -> None:
    watched = rule(Level(10, 8, Severity.HIGH), hold_s=120)

    assert changes(watched, [(0, 11), (1, 11), (2, 11)]) == [None, None, Change.RAISE]
    assert changes(watched, [(0, 11), (1, 9), (2, 11), (3, 11)]) == [None] * 4


def test_a_flood_is_one_alert_that_grows_and_shrinks() -> None:
    values = [(0, 1.0), (1, 1.3), (2, 2.8), (3, 2.5), (4, 2.0), (5, 1.0)]

    assert changes(rule(*RIVER), values) == [
        None,
        Change.RAISE,
        Change.ESCALATE,
        Change.LESSEN,
        Change.LESSEN,
        Change.CLEAR,
    ]


def test_late_and_repeated_instants_change_nothing() -> None:
    watched = rule(Level(10, 8, Severity.HIGH))

    assert changes(watched, [(5, 9), (4, 99), (5, 99), (6, 9)]) == [None] * 4


@given(st.lists(st.floats(0, 4), min_size=1, max_size=30), st.randoms())
def test_no_order_of_arrival_raises_what_the_newest_value_denies(
    values: list[float], order: random.Random
) -> None:
    messages = list(enumerate(values))
    shuffled = messages[:]
    order.shuffle(shuffled)
    # The newest comes first, so everything after it is late.
    newest = messages[-1]
    state, _ = evaluate(rule(*RIVER), IDLE, newest[1], START + timedelta(minutes=newest[0]))
    after = state
    for minute, value in shuffled:
        after, outcome = evaluate(rule(*RIVER), after, value, START + timedelta(minutes=minute))
        assert outcome is None
    assert after == state


@given(st.lists(st.floats(0, 4), max_size=40))
def test_raise_and_clear_alternate(values: list[float]) -> None:
    ends = [c for c in changes(rule(*RIVER), list(enumerate(values))) if c]
    ends = [c for c in ends if c in (Change.RAISE, Change.CLEAR)]

    assert ends == [Change.RAISE, Change.CLEAR] * (len(ends) // 2) + [Change.RAISE] * (
        len(ends) % 2
    )


def test_a_restored_state_goes_on_where_the_alert_stands() -> None:
    state = restored(rule(*RIVER), Severity.HIGH, START)

    assert changes(rule(*RIVER), [(1, 2.3), (2, 1.0)], state) == [Change.REPEAT, Change.CLEAR]


@pytest.mark.parametrize(
    "levels",
    [
        (),
        (Level(10, 11, Severity.LOW),),
        (Level(2, 1, Severity.LOW), Level(1, 0, Severity.HIGH)),
        (Level(2, 1, Severity.LOW), Level(2, 1, Severity.HIGH)),
    ],
)
def test_levels_that_could_never_work_are_refused(levels: tuple[Level, ...]) -> None:
    with pytest.raises(BadLevels):
        rule(*levels)


def test_silence_counts_only_for_devices_that_ever_spoke() -> None:
    absence = AbsenceRule(1, timedelta(minutes=10), Severity.MEDIUM)

    assert is_silent(absence, START, START + timedelta(minutes=11))
    assert not is_silent(absence, START, START + timedelta(minutes=10))
    assert not is_silent(absence, None, START)


@pytest.mark.parametrize(
    ("label", "score", "expected"),
    [("fire", 0.8, True), ("fire", 0.7, False), ("fire", None, True), ("cat", 0.99, False)],
)
def test_a_detection_matches_by_label_and_score(
    label: str, score: float | None, expected: bool
) -> None:
    watched = DetectionRule(1, "fire", 0.8, Severity.CRITICAL)

    assert is_match(watched, Detection("c", "1", label, START, score)) is expected
