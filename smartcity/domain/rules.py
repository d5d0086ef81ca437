"""When a value, a silence or a detection becomes an alert: pure functions over small states.

A threshold rule has one or more levels (a river has three). Each level is raised at one value and
cleared at another (hysteresis), and must hold for a while by the device's own clock. A value older
than the newest one seen never changes anything: late data is stored, not acted upon.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from smartcity.domain.reading import Detection
from smartcity.domain.severity import Severity


class Direction(StrEnum):
    """Which side of the level is bad."""

    ABOVE = "above"
    BELOW = "below"


class Change(StrEnum):
    """What an evaluation asks the alert to do."""

    RAISE = "raise"
    REPEAT = "repeat"
    ESCALATE = "escalate"
    LESSEN = "lessen"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Level:
    """Raised when the value reaches `raise_at`, cleared when it is back past `clear_at`."""

    raise_at: float
    clear_at: float
    severity: Severity


@dataclass(frozen=True, slots=True)
class ThresholdRule:
    """Levels in rising badness; a level must hold for `hold` before it is raised."""

    rule_id: int
    prop: str
    direction: Direction
    levels: tuple[Level, ...]
    hold: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        check_levels(self.direction, self.levels)


class BadLevels(ValueError):
    """Levels are empty, not in order, or cleared on the wrong side."""


def check_levels(direction: Direction, levels: Sequence[Level]) -> None:
    """Refuse levels that could flap for ever or never clear.

    Raises:
        BadLevels: see the class.
    """
    sign = 1 if direction is Direction.ABOVE else -1
    if not levels:
        raise BadLevels("no level given")
    if any(level.clear_at * sign > level.raise_at * sign for level in levels):
        raise BadLevels("a level is cleared on the wrong side of its raise value")
    marks = [level.raise_at * sign for level in levels]
    if marks != sorted(set(marks)):
        raise BadLevels("levels are not in order of badness")


@dataclass(frozen=True, slots=True)
class RuleState:
    """Memory of one rule at one device: `active` counts the levels that are raised."""

    active: int = 0
    latest_at: datetime | None = None
    since: tuple[datetime | None, ...] = ()


IDLE = RuleState()


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What the alert shall do, and with which value; `level` counts from 1, the mildest.

    For a clear it is the level that was active.
    """

    change: Change
    level: int
    severity: Severity
    value: float
    observed_at: datetime


def evaluate(
    rule: ThresholdRule, state: RuleState, value: float, observed_at: datetime
) -> tuple[RuleState, RuleOutcome | None]:
    """Next state and what follows from it; late or repeated instants change nothing.

    A rule may have fewer levels than when the state was made: a mark was taken away meanwhile.
    """
    if state.latest_at is not None and observed_at <= state.latest_at:
        return state, None
    sign = 1 if rule.direction is Direction.ABOVE else -1
    since = _holding_since(rule, state, value * sign, sign, observed_at)
    held = min(state.active, len(rule.levels))
    active = _settle(rule, held, value * sign, sign, since, observed_at)
    outcome = _outcome(rule, state.active, active, value, observed_at)
    return RuleState(active, observed_at, since), outcome


def _holding_since(
    rule: ThresholdRule, state: RuleState, value: float, sign: int, at: datetime
) -> tuple[datetime | None, ...]:
    if value < rule.levels[0].raise_at * sign:
        return ()
    kept = state.since[: len(rule.levels)]
    before = kept + (None,) * (len(rule.levels) - len(kept))
    return tuple(
        (start or at) if value >= level.raise_at * sign else None
        for level, start in zip(rule.levels, before, strict=True)
    )


def _settle(
    rule: ThresholdRule,
    active: int,
    value: float,
    sign: int,
    since: tuple[datetime | None, ...],
    at: datetime,
) -> int:
    while active and value < rule.levels[active - 1].clear_at * sign:
        active -= 1
    for index in range(active, len(since)):
        start = since[index]
        if start is None or at - start < rule.hold:
            break
        active = index + 1
    return active


def _outcome(
    rule: ThresholdRule, before: int, after: int, value: float, at: datetime
) -> RuleOutcome | None:
    if not before and not after:
        return None
    if not after:
        last = min(before, len(rule.levels))
        return RuleOutcome(Change.CLEAR, last, rule.levels[last - 1].severity, value, at)
    severity = rule.levels[after - 1].severity
    return RuleOutcome(_direction_of_change(before, after), after, severity, value, at)


def _direction_of_change(before: int, after: int) -> Change:
    if not before:
        return Change.RAISE
    if after == before:
        return Change.REPEAT
    return Change.ESCALATE if after > before else Change.LESSEN


def restored(rule: ThresholdRule, severity: Severity, latest_at: datetime | None) -> RuleState:
    """State after a restart, taken from the open alert of this rule at this device."""
    matching = [i for i, level in enumerate(rule.levels, 1) if level.severity == severity]
    # The severity may have been escalated by hand past every level: then the highest holds.
    return RuleState(matching[-1] if matching else len(rule.levels), latest_at)


@dataclass(frozen=True, slots=True)
class AbsenceRule:
    """Alert when a device has been silent for `silence`."""

    rule_id: int
    silence: timedelta
    severity: Severity


def is_silent(rule: AbsenceRule, last_seen_at: datetime | None, now: datetime) -> bool:
    """True when nothing came for longer than the rule allows; never seen is not silent."""
    return last_seen_at is not None and now - last_seen_at > rule.silence


@dataclass(frozen=True, slots=True)
class DetectionRule:
    """Alert on a camera label at or above a score; a detection without a score counts."""

    rule_id: int
    label: str
    min_score: float
    severity: Severity


def is_match(rule: DetectionRule, detection: Detection) -> bool:
    """Does this detection fall under the rule?"""
    if detection.label != rule.label:
        return False
    return detection.score is None or detection.score >= rule.min_score
