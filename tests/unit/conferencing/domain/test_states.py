"""States of a conference and what is shown of them."""

import pytest

from conferencing.domain.errors import ForbiddenTransitionError
from conferencing.domain.states import (
    ConferenceState,
    can_change,
    change_state,
    display_state,
    ical_status,
    occupies,
    state_of,
)
from tests.unit.conferencing.domain.strategies import moment, span

S = ConferenceState


def test_a_draft_becomes_held_then_confirmed() -> None:
    assert change_state(change_state(S.DRAFT, S.HELD), S.CONFIRMED) is S.CONFIRMED


@pytest.mark.parametrize("final", [S.ENDED, S.CANCELLED])
def test_final_states_stay(final: ConferenceState) -> None:
    assert not any(can_change(final, target) for target in S)
    with pytest.raises(ForbiddenTransitionError):
        change_state(final, S.CONFIRMED)


def test_a_displaced_conference_may_be_booked_again() -> None:
    assert can_change(S.CONFIRMED, S.DISPLACED)
    assert can_change(S.DISPLACED, S.CONFIRMED)
    assert not can_change(S.DRAFT, S.DISPLACED)


def test_what_gives_its_time_back_is_cancelled_in_calendars() -> None:
    for state in S:
        if ical_status(state) == "CANCELLED":
            assert not occupies(state)
    assert ical_status(S.HELD) == "TENTATIVE"
    assert ical_status(S.IN_SESSION) == "CONFIRMED"


@pytest.mark.parametrize(
    ("state", "now", "shown"),
    [
        (S.CONFIRMED, 1, "confirmed"),
        (S.CONFIRMED, 2, "in_session"),
        (S.CONFIRMED, 4, "ended"),
        (S.HELD, 2, "held"),
        (S.HELD, 4, "lapsed"),
        (S.ENDED, 3, "ended"),
        (S.IN_SESSION, 5, "in_session"),
        (S.CANCELLED, 3, "cancelled"),
        (S.DISPLACED, 3, "displaced"),
        (S.DRAFT, 9, "draft"),
    ],
)
def test_the_clock_decides_what_is_shown(state: ConferenceState, now: int, shown: str) -> None:
    assert display_state(state, span(2, 4), moment(now)) == shown


def test_every_state_can_be_shown() -> None:
    assert [display_state(state, span(2, 4), moment(0)).value for state in S] == list(S)


def test_stored_values_give_the_state() -> None:
    assert state_of("TENTATIVE") is S.HELD
    assert state_of("CONFIRMED") is S.CONFIRMED
    assert state_of("CONFIRMED", started_at=moment(1)) is S.IN_SESSION
    assert state_of("CONFIRMED", started_at=moment(1), ended_at=moment(2)) is S.ENDED
    assert state_of("CANCELLED", started_at=moment(1)) is S.CANCELLED
