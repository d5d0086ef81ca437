import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcity.domain import alarm as machine
from smartcity.domain.alarm import (
    Action,
    Alarm,
    AlarmError,
    AlarmState,
    AlreadyClosed,
    Risen,
    StillActive,
)
from smartcity.domain.severity import Severity, rank

ACTIONS = {
    "repeat": machine.repeat,
    "acknowledge": machine.acknowledge,
    "verify": machine.verify,
    "assign": lambda alarm: machine.assign(alarm, 7),
    "note": machine.note,
    "clear": machine.clear,
    "shelve": machine.shelve,
    "unshelve": machine.unshelve,
    "escalate": machine.escalate,
    "close": machine.close,
}


def after(*actions: str) -> Alarm:
    alarm = machine.raise_alarm(Severity.MEDIUM)
    for action in actions:
        alarm = ACTIONS[action](alarm)
    return alarm


@pytest.mark.parametrize(
    ("actions", "state"),
    [
        ((), AlarmState.UNACK),
        (("acknowledge",), AlarmState.ACKED),
        (("clear",), AlarmState.RTNUN),
        (("clear", "acknowledge"), AlarmState.NORM),
        (("acknowledge", "clear"), AlarmState.NORM),
        (("verify",), AlarmState.ACKED),
        (("shelve",), AlarmState.SHLVD),
        (("shelve", "clear"), AlarmState.SHLVD),
        (("shelve", "clear", "unshelve"), AlarmState.RTNUN),
        (("acknowledge", "shelve", "unshelve"), AlarmState.ACKED),
        (("acknowledge", "escalate"), AlarmState.UNACK),
        (("acknowledge", "shelve", "escalate"), AlarmState.UNACK),
        (("acknowledge", "clear", "repeat"), AlarmState.UNACK),
        (("acknowledge", "repeat"), AlarmState.ACKED),
        (("acknowledge", "close"), AlarmState.CLOSED),
        (("clear", "close"), AlarmState.CLOSED),
        (("clear", "close", "note"), AlarmState.CLOSED),
    ],
)
def test_states_follow_isa_18_2(actions: tuple[str, ...], state: AlarmState) -> None:
    assert after(*actions).state is state


@pytest.mark.parametrize(
    "actions",
    [("acknowledge", "acknowledge"), ("clear", "clear"), ("unshelve",), ("shelve", "shelve")],
)
def test_senseless_actions_are_refused(actions: tuple[str, ...]) -> None:
    with pytest.raises(AlarmError):
        after(*actions)


@given(st.sampled_from(Severity), st.sampled_from(Severity))
def test_only_what_is_no_worse_than_it_was_seen_can_be_quietened(
    now: Severity, seen: Severity
) -> None:
    alarm = machine.raise_alarm(now)
    if rank(now) > rank(seen):
        with pytest.raises(Risen):
            machine.require_seen(alarm, Action.ACKNOWLEDGE, seen)
    else:
        machine.require_seen(alarm, Action.ACKNOWLEDGE, seen)
    machine.require_seen(alarm, Action.ACKNOWLEDGE, None)


def test_an_active_alert_nobody_has_seen_cannot_be_closed() -> None:
    with pytest.raises(StillActive):
        after("close")


@pytest.mark.parametrize("action", sorted(ACTIONS.keys() - {"note"}))
def test_a_closed_alert_is_history(action: str) -> None:
    with pytest.raises(AlreadyClosed):
        after("acknowledge", "close", action)


def test_escalation_goes_up_one_step_and_stays_at_the_top() -> None:
    assert after("escalate").severity is Severity.HIGH
    assert after("escalate", "escalate", "escalate").severity is Severity.CRITICAL
    with pytest.raises(AlarmError):
        machine.escalate(after("escalate"), Severity.LOW)


@given(st.lists(st.sampled_from(sorted(ACTIONS))))
def test_no_sequence_of_actions_leaves_the_machine(actions: list[str]) -> None:
    alarm = machine.raise_alarm(Severity.LOW)
    for action in actions:
        before = alarm
        try:
            alarm = ACTIONS[action](alarm)
        except AlarmError:
            continue
        assert alarm.count >= before.count
        assert rank(alarm.severity) >= rank(before.severity)
        assert not before.is_closed or alarm == before
