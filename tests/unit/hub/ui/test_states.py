"""No state is without an icon and a word, and what nobody knows never looks good."""

import pytest

from conferencing.domain.states import DisplayState
from hub.ui.states import SEVERITIES, STATES, severity_look, state_look
from smartcity.domain.alarm import AlarmState
from smartcity.domain.severity import Severity


@pytest.mark.parametrize("state", [s.value for s in DisplayState])
def test_every_state_of_a_conference_has_a_look(state: str) -> None:
    assert state in STATES["conference"]


@pytest.mark.parametrize("state", [s.value.lower() for s in AlarmState])
def test_every_state_of_an_alert_has_a_look(state: str) -> None:
    assert state in STATES["alert"]


@pytest.mark.parametrize("level", [s.value for s in Severity])
def test_every_severity_has_a_look(level: str) -> None:
    assert level in SEVERITIES


def test_severities_differ_in_shape_not_only_in_colour() -> None:
    assert len({look.icon for look in SEVERITIES.values()}) == len(SEVERITIES)


def test_the_words_of_icalendar_are_understood() -> None:
    assert state_look("site", "NEEDS-ACTION") is STATES["site"]["needs_action"]


def test_an_unknown_level_or_state_is_shown_as_unknown() -> None:
    assert severity_look("terrible").tone == "unknown"
    assert state_look("device", "sleeping").tone == "unknown"
