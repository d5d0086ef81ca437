"""Virtual rooms and bridges: seen by those who may use them, kept by those who may."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from conferencing.domain.conflicts import PortUse
from conferencing.domain.interval import Interval
from conferencing.places.bridges.views import usage_of
from tests.web.conferencing.province import book_one, furnish
from tests.web.conferencing.test_sites import site_data
from tests.web.conftest import Post, SignIn, Write

START = datetime(2020, 10, 19, 0, tzinfo=UTC)


@pytest.fixture
def secretary(write: Write, sign_in: SignIn) -> FlaskClient:
    """A secretary of the province, with two rooms on one bridge."""
    with write() as session:
        furnish(session)
    return sign_in("thuky")


def text_of(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_rooms_and_bridges_are_shown_with_what_comes_next(
    secretary: FlaskClient, write: Write
) -> None:
    with write() as session:
        booked = book_one(session)
    assert booked.code in text_of(secretary, "/rooms")
    assert booked.code in text_of(secretary, "/rooms/P1")
    assert "Phòng họp P2" in text_of(secretary, "/bridges/MCU1")
    assert "MCU MCU1" in text_of(secretary, "/bridges")
    assert secretary.get("/rooms/none").status_code == 404
    assert secretary.get("/bridges/none").status_code == 404


def test_a_room_is_added_and_changed(secretary: FlaskClient, post: Post, write: Write) -> None:
    data = {
        "code": "P9", "name": "Phòng họp số 9", "unit": site_data(write, "DC-44")["unit"],
        "bridge": "MCU1", "capacity": "60", "buffer_minutes": "10", "dial_in": "447109",
        "join_url": "https://meet.example/p9", "is_active": "y",
    }  # fmt: skip
    assert post(secretary, "/rooms/new", data).status_code == 303
    assert post(secretary, "/rooms/P9/edit", {**data, "name": "Phòng chín"}).status_code == 303
    assert "Phòng chín" in text_of(secretary, "/rooms/P9")
    refused = post(secretary, "/rooms/P9/edit", {**data, "capacity": "9999"})
    assert refused.status_code == 422
    assert 'id="capacity-error"' in refused.get_data(as_text=True)
    bad_link = post(secretary, "/rooms/P9/edit", {**data, "join_url": "javascript:alert(1)"})
    assert 'id="join_url-error"' in bad_link.get_data(as_text=True)


def test_a_bridge_is_added_and_changed(secretary: FlaskClient, post: Post, write: Write) -> None:
    unit = site_data(write, "DC-44")["unit"]
    data = {"code": "MCU2", "name": "MCU dự phòng", "unit": unit, "ports": "40",
            "is_active": "y"}  # fmt: skip
    assert post(secretary, "/bridges/new", data).status_code == 303
    assert post(secretary, "/bridges/MCU2/edit", {**data, "ports": "60"}).status_code == 303
    assert "60" in text_of(secretary, "/bridges/MCU2")
    refused = post(secretary, "/bridges/new", data)
    assert 'id="code-error"' in refused.get_data(as_text=True)


def test_a_viewer_may_look_and_not_touch(
    secretary: FlaskClient, sign_in: SignIn, post: Post
) -> None:
    browser = sign_in("donghoi")
    assert browser.get("/rooms").status_code == 200
    for path in ("/rooms/new", "/rooms/P1/edit", "/bridges/new", "/bridges/MCU1/edit"):
        assert browser.get(path).status_code == 403
        assert post(browser, path, {}).status_code == 403


def test_a_district_may_use_but_not_change_a_room_of_the_province(
    secretary: FlaskClient, sign_in: SignIn
) -> None:
    browser = sign_in("lethuy")
    assert browser.get("/rooms/P1").status_code == 200
    assert browser.get("/rooms/P1/edit").status_code in (403, 404)


def test_the_use_of_a_bridge_adds_up_what_runs_together() -> None:
    window = Interval(START, START + timedelta(hours=4))
    spans = [
        PortUse(Interval(START, START + timedelta(hours=2)), 10),
        PortUse(Interval(START + timedelta(hours=1), START + timedelta(hours=3)), 5),
    ]
    usage = usage_of(spans, 20, window, START + timedelta(hours=2, minutes=30))
    assert (usage.peak, usage.in_use) == (15, 5)
    assert usage.peak_at == START + timedelta(hours=1)
    assert usage.now_x == pytest.approx(350)


def test_an_idle_bridge_has_no_peak() -> None:
    window = Interval(START, START + timedelta(hours=4))
    usage = usage_of([], 20, window, START - timedelta(hours=1))
    assert (usage.peak, usage.peak_at, usage.now_x) == (0, None, None)
