"""Life of an alert after ISA-18.2, as a pure state machine.

Four facts carry the state: is the condition still there, has somebody acknowledged it, is it
shelved, is it closed. The named state follows from them, so no combination can contradict itself.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from smartcity.domain.severity import Severity, next_higher, rank


class AlarmState(StrEnum):
    """The named states of ISA-18.2, plus CLOSED for an alert that is filed."""

    NORM = "NORM"
    UNACK = "UNACK"
    ACKED = "ACKED"
    RTNUN = "RTNUN"
    SHLVD = "SHLVD"
    CLOSED = "CLOSED"


class Action(StrEnum):
    """Everything that can happen to an alert; also the kind of each step in its history."""

    RAISE = "raise"
    REPEAT = "repeat"
    ACKNOWLEDGE = "acknowledge"
    VERIFY = "verify"
    ASSIGN = "assign"
    NOTE = "note"
    CLEAR = "clear"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    ESCALATE = "escalate"
    CLOSE = "close"


class AlarmError(Exception):
    """Base of what an alert refuses."""


class TransitionRefused(AlarmError):
    """This action makes no sense in this state."""

    def __init__(self, action: Action, state: AlarmState) -> None:
        super().__init__(f"{action.value} refused in state {state.value}")
        self.action = action
        self.state = state


class AlreadyClosed(TransitionRefused):
    """A closed alert is history; a new cause raises a new alert."""


class StillActive(TransitionRefused):
    """An unacknowledged alert cannot be closed while its condition lasts."""


class Risen(TransitionRefused):
    """It has become worse than what the person who acts was looking at."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """The facts of one alert."""

    severity: Severity
    count: int = 1
    is_active: bool = True
    is_acknowledged: bool = False
    is_shelved: bool = False
    is_closed: bool = False
    assignee_id: int | None = None

    @property
    def state(self) -> AlarmState:
        """The ISA-18.2 name of these facts."""
        if self.is_closed:
            return AlarmState.CLOSED
        if self.is_shelved:
            return AlarmState.SHLVD
        if self.is_active:
            return AlarmState.ACKED if self.is_acknowledged else AlarmState.UNACK
        return AlarmState.NORM if self.is_acknowledged else AlarmState.RTNUN


def raise_alarm(severity: Severity) -> Alarm:
    """A new alert: active and unacknowledged."""
    return Alarm(severity)


def repeat(alarm: Alarm, times: int = 1) -> Alarm:
    """The condition was seen again; one that had returned to normal wants a new acknowledgement."""
    _refuse_closed(alarm, Action.REPEAT)
    is_acknowledged = alarm.is_acknowledged and alarm.is_active
    return replace(
        alarm, count=alarm.count + times, is_active=True, is_acknowledged=is_acknowledged
    )


def acknowledge(alarm: Alarm) -> Alarm:
    """Somebody has seen it."""
    _refuse_closed(alarm, Action.ACKNOWLEDGE)
    if alarm.is_acknowledged:
        raise TransitionRefused(Action.ACKNOWLEDGE, alarm.state)
    return replace(alarm, is_acknowledged=True)


def verify(alarm: Alarm) -> Alarm:
    """Confirmed by camera or telephone; who verifies has seen it."""
    _refuse_closed(alarm, Action.VERIFY)
    return replace(alarm, is_acknowledged=True)


def require_seen(alarm: Alarm, action: Action, seen: Severity | None) -> None:
    """Refuse to quieten an alarm that is worse than the severity its reader saw.

    A hand on a telephone is slower than a river: between the look and the act the water may pass
    the next mark, and whoever acknowledged the lower one has not seen the higher. None: the caller
    does not say what was seen.

    Raises:
        Risen: it has gone up since.
    """
    if seen is not None and rank(alarm.severity) > rank(seen):
        raise Risen(action, alarm.state)


def assign(alarm: Alarm, assignee_id: int) -> Alarm:
    """Given to one person; assigning again hands it over."""
    _refuse_closed(alarm, Action.ASSIGN)
    return replace(alarm, assignee_id=assignee_id)


def note(alarm: Alarm) -> Alarm:
    """A remark changes no fact and is allowed in every state, closed included."""
    return alarm


def clear(alarm: Alarm) -> Alarm:
    """The condition is gone (return to normal)."""
    _refuse_closed(alarm, Action.CLEAR)
    if not alarm.is_active:
        raise TransitionRefused(Action.CLEAR, alarm.state)
    return replace(alarm, is_active=False)


def shelve(alarm: Alarm) -> Alarm:
    """Out of sight for a while; counting goes on underneath."""
    _refuse_closed(alarm, Action.SHELVE)
    if alarm.is_shelved:
        raise TransitionRefused(Action.SHELVE, alarm.state)
    return replace(alarm, is_shelved=True)


def unshelve(alarm: Alarm) -> Alarm:
    """Back in sight, in the state the facts have reached meanwhile."""
    _refuse_closed(alarm, Action.UNSHELVE)
    if not alarm.is_shelved:
        raise TransitionRefused(Action.UNSHELVE, alarm.state)
    return replace(alarm, is_shelved=False)


def escalate(alarm: Alarm, severity: Severity | None = None) -> Alarm:
    """Raise the severity (one step, or to `severity`) and ask for a new acknowledgement.

    The highest severity without a target stays and still asks again: somebody has slept.
    It also ends a shelving: whoever wanted quiet at BĐ1 did not ask for quiet at BĐ3.
    """
    _refuse_closed(alarm, Action.ESCALATE)
    target = severity or next_higher(alarm.severity)
    if rank(target) < rank(alarm.severity):
        raise TransitionRefused(Action.ESCALATE, alarm.state)
    return replace(alarm, severity=target, is_acknowledged=False, is_shelved=False)


def lessen(alarm: Alarm, severity: Severity) -> Alarm:
    """The condition goes on at a lower level; what was acknowledged stays so."""
    _refuse_closed(alarm, Action.REPEAT)
    return replace(alarm, severity=severity, count=alarm.count + 1)


def close(alarm: Alarm) -> Alarm:
    """File it; an active alert must have been acknowledged first."""
    _refuse_closed(alarm, Action.CLOSE)
    if alarm.is_active and not alarm.is_acknowledged:
        raise StillActive(Action.CLOSE, alarm.state)
    return replace(alarm, is_closed=True, is_shelved=False, is_acknowledged=True)


def _refuse_closed(alarm: Alarm, action: Action) -> None:
    if alarm.is_closed:
        raise AlreadyClosed(action, alarm.state)
