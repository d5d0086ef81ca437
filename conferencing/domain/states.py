"""The life of a conference: which states exist, which follow which, what a calendar shows."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

from conferencing.domain.errors import ForbiddenTransitionError
from conferencing.domain.interval import Interval, as_utc

IcalStatus = Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]


class ConferenceState(StrEnum):
    """Stored states."""

    DRAFT = "draft"  # nháp: holds nothing
    HELD = "held"  # giữ chỗ: resources taken, nobody invited
    CONFIRMED = "confirmed"  # đã mời
    IN_SESSION = "in_session"  # đang họp
    ENDED = "ended"  # đã kết thúc
    POSTPONED = "postponed"  # hoãn: time given back, a new one to be found
    CANCELLED = "cancelled"  # đã hủy
    DISPLACED = "displaced"  # bị nhường chỗ


class DisplayState(StrEnum):
    """What people see: the stored state read against the clock."""

    DRAFT = "draft"
    HELD = "held"
    LAPSED = "lapsed"  # held, but its time passed before anybody was invited
    CONFIRMED = "confirmed"
    IN_SESSION = "in_session"
    ENDED = "ended"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    DISPLACED = "displaced"


_S = ConferenceState
TRANSITIONS: Final[Mapping[ConferenceState, frozenset[ConferenceState]]] = MappingProxyType(
    {
        _S.DRAFT: frozenset({_S.HELD, _S.CONFIRMED, _S.CANCELLED}),
        _S.HELD: frozenset({_S.DRAFT, _S.CONFIRMED, _S.POSTPONED, _S.CANCELLED, _S.DISPLACED}),
        _S.CONFIRMED: frozenset(
            {_S.HELD, _S.IN_SESSION, _S.ENDED, _S.POSTPONED, _S.CANCELLED, _S.DISPLACED}
        ),
        # A running conference may be paused until another day, or broken off by an emergency.
        _S.IN_SESSION: frozenset({_S.ENDED, _S.POSTPONED, _S.CANCELLED, _S.DISPLACED}),
        _S.ENDED: frozenset(),
        _S.POSTPONED: frozenset({_S.HELD, _S.CONFIRMED, _S.CANCELLED}),
        _S.CANCELLED: frozenset(),
        _S.DISPLACED: frozenset({_S.HELD, _S.CONFIRMED, _S.CANCELLED}),
    }
)
OCCUPYING: Final = frozenset({_S.HELD, _S.CONFIRMED, _S.IN_SESSION})
ICAL_STATUS: Final[Mapping[ConferenceState, IcalStatus]] = MappingProxyType(
    {
        _S.DRAFT: "TENTATIVE",
        _S.HELD: "TENTATIVE",
        _S.CONFIRMED: "CONFIRMED",
        _S.IN_SESSION: "CONFIRMED",
        _S.ENDED: "CONFIRMED",
        _S.POSTPONED: "CANCELLED",
        _S.CANCELLED: "CANCELLED",
        _S.DISPLACED: "CANCELLED",
    }
)


def can_change(current: ConferenceState, target: ConferenceState) -> bool:
    """True when the conference may go from one state to the other."""
    return target in TRANSITIONS[current]


def change_state(current: ConferenceState, target: ConferenceState) -> ConferenceState:
    """The target; raises ForbiddenTransitionError when the way is closed."""
    if not can_change(current, target):
        raise ForbiddenTransitionError(f"{current} cannot become {target}")
    return target


def occupies(state: ConferenceState) -> bool:
    """True when the state keeps its resources from others."""
    return state in OCCUPYING


def ical_status(state: ConferenceState) -> IcalStatus:
    """The iCalendar STATUS of a state."""
    return ICAL_STATUS[state]


def display_state(state: ConferenceState, interval: Interval, now: datetime) -> DisplayState:
    """The stored state read against the clock; an operator's earlier end wins over it."""
    moment = as_utc(now)
    if state is _S.HELD and moment >= interval.end:
        return DisplayState.LAPSED
    if state is _S.CONFIRMED and moment >= interval.end:
        return DisplayState.ENDED
    if state is _S.CONFIRMED and interval.contains(moment):
        return DisplayState.IN_SESSION
    return DisplayState(state.value)


def state_of(
    status: IcalStatus, started_at: datetime | None = None, ended_at: datetime | None = None
) -> ConferenceState:
    """The state of an occurrence stored as iCalendar STATUS and what operators recorded."""
    if status == "CANCELLED":
        return _S.CANCELLED
    if ended_at is not None:
        return _S.ENDED
    if started_at is not None:
        return _S.IN_SESSION
    return _S.HELD if status == "TENTATIVE" else _S.CONFIRMED
