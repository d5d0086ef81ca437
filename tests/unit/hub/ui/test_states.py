"""No state is without an icon and a word, and what nobody knows never looks good."""

from collections.abc import Iterator

import pytest
from flask import Flask

from conferencing.domain.states import DisplayState
from conferencing.looks import CONFERENCE_STATES, SITE_STATES
from hub.ui.states import SEVERITIES, add_states, severity_look, state_look
from smartcity.alerts.looks import ALERT_STATES
from smartcity.domain.alarm import AlarmState
from smartcity.domain.severity import Severity


@pytest.mark.parametrize("state", [s.value for s in DisplayState])
def test_every_state_of_a_conference_has_a_look(state: str) -> None:
    assert state in CONFERENCE_STATES


@pytest.mark.parametrize("state", [s.value.lower() for s in AlarmState])
def test_every_state_of_an_alert_has_a_look(state: str) -> None:
    assert state in ALERT_STATES


@pytest.mark.parametrize("level", [s.value for s in Severity])
def test_every_severity_has_a_look(level: str) -> None:
    assert level in SEVERITIES


def test_severities_differ_in_shape_not_only_in_colour() -> None:
    assert len({look.icon for look in SEVERITIES.values()}) == len(SEVERITIES)


@pytest.fixture
def _sites() -> Iterator[None]:
    app = Flask("states")
    add_states(app, {"site": SITE_STATES})
    with app.app_context():
        yield


@pytest.mark.usefixtures("_sites")
def test_the_words_of_icalendar_are_understood() -> None:
    assert state_look("site", "NEEDS-ACTION") is SITE_STATES["needs_action"]


@pytest.mark.usefixtures("_sites")
def test_an_unknown_level_or_state_is_shown_as_unknown() -> None:
    assert severity_look("terrible").tone == "unknown"
    assert state_look("device", "sleeping").tone == "unknown"
    assert state_look("site", "sleeping").tone == "unknown"
