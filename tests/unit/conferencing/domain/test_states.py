"""What is shown of a conference's state."""

import pytest

from conferencing.domain.states import IcalStatus, display_state
from tests.unit.conferencing.domain.strategies import moment, span


@pytest.mark.parametrize(
    ("status", "now", "shown"),
    [
        ("CONFIRMED", 1, "confirmed"),
        ("CONFIRMED", 2, "in_session"),
        ("CONFIRMED", 4, "ended"),
        ("CANCELLED", 3, "cancelled"),
    ],
)
def test_the_clock_decides_what_is_shown(status: IcalStatus, now: int, shown: str) -> None:
    assert display_state(status, span(2, 4), moment(now)) == shown


def test_what_was_recorded_wins_over_the_clock() -> None:
    early, late = moment(1), moment(5)

    assert display_state("CONFIRMED", span(2, 4), late, started_at=moment(2)) == "in_session"
    assert display_state("CONFIRMED", span(2, 4), early, started_at=early) == "in_session"
    assert (
        display_state("CONFIRMED", span(2, 4), moment(3), started_at=moment(2), ended_at=moment(3))
        == "ended"
    )
    assert display_state("CANCELLED", span(2, 4), late, started_at=moment(2)) == "cancelled"
