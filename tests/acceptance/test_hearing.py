"""The screens say within seconds that we are deaf, which part is, and since when."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask_socketio import SocketIOTestClient

from hub.clock import now
from hub.db import read_session, transaction
from hub.live import NAMESPACE, socketio, start_tail
from smartcity.models import IngestSlot
from smartcity.operations.hearing import deaf_sentence, hearing
from tests.acceptance.conftest import SignIn, browser_of
from tests.acceptance.deadline import until


def beat(*, age_s: float, broker: str = "connected", heard_s: float | None = 1) -> datetime | None:
    """A slot that beat and heard so many seconds ago; gives when it heard last."""
    heard = None if heard_s is None else now() - timedelta(seconds=heard_s)
    with transaction() as session:
        session.merge(
            IngestSlot(
                slot=0,
                heartbeat_at=now() - timedelta(seconds=age_s),
                broker_state=broker,
                last_message_at=heard,
            )
        )
    return heard


@pytest.mark.parametrize(
    ("slot", "part"),
    [
        ({"age_s": 1}, ""),
        ({"age_s": 30}, "intake"),
        ({"age_s": 1, "broker": "disconnected"}, "broker"),
        ({"age_s": 1, "heard_s": 3600}, "sensors"),
        ({"age_s": 1, "heard_s": None}, "sensors"),
    ],
)
def test_the_part_that_is_deaf_is_named(demo: Flask, slot: dict[str, object], part: str) -> None:
    with demo.app_context():
        beat(**slot)  # type: ignore[arg-type]
        state = hearing(read_session())
    assert state["deaf"] == part
    assert (state["since"] is None) == (part == "" or slot.get("heard_s", 1) is None)


def test_an_installation_that_never_ran_ingest_says_so(demo: Flask) -> None:
    with demo.test_request_context():
        state = hearing(read_session())
        assert (state["deaf"], state["since"]) == ("intake", None)
        assert "lúc đầu" in deaf_sentence(state)


def test_a_page_without_a_live_line_says_it_too(demo: Flask, sign_in: SignIn) -> None:
    with demo.app_context():
        beat(age_s=1)
    assert "không có gì mới" not in sign_in("tructhe").get("/alerts").text
    with demo.app_context():
        beat(age_s=60)
    assert "Bộ phận nhận số liệu đã dừng từ" in sign_in("tructhe").get("/alerts").text


def test_screens_are_told_when_hearing_is_lost_and_when_it_is_back(demo: Flask) -> None:
    with demo.app_context():
        beat(age_s=0)
    client = socketio.test_client(
        demo, namespace=NAMESPACE, flask_test_client=browser_of(demo, "tructhe")
    )
    [snapshot] = [one for one in client.get_received(NAMESPACE) if one["name"] == "snapshot"]
    assert snapshot["args"][0]["data"]["hearing"]["deaf"] == ""
    tail = start_tail(demo)
    try:
        with demo.app_context():
            beat(age_s=60)
        until(
            lambda: heard_by(client)[-1:] == ["intake"],
            10.0,
            "the screen is told that intake is deaf",
        )
        with demo.app_context():
            beat(age_s=0)
        until(lambda: "" in heard_by(client), 10.0, "the screen is told that it hears again")
    finally:
        tail.stopping.set()
        tail.join(10)
        client.disconnect(NAMESPACE)


def heard_by(client: SocketIOTestClient) -> list[str]:
    """What a screen was told about our hearing since it was last asked."""
    told = [one for one in client.get_received(NAMESPACE) if one["name"] == "hearing"]
    return [one["args"][0]["data"]["deaf"] for one in told]


def test_a_screen_is_put_right_when_its_snapshot_told_what_no_pulse_saw(demo: Flask) -> None:
    """Deaf for less than two pulses: the snapshot in between said so, the pulses never did."""
    with demo.app_context():
        beat(age_s=0)
    browser = browser_of(demo, "tructhe")
    first = socketio.test_client(demo, namespace=NAMESPACE, flask_test_client=browser)
    tail = start_tail(demo)
    try:
        until(lambda: "hearing" in tail.pulses, 10.0, "the first pulse is told")
        with demo.app_context():
            beat(age_s=60)
            late = socketio.test_client(demo, namespace=NAMESPACE, flask_test_client=browser)
            beat(age_s=0)
        [snapshot] = [m for m in late.get_received(NAMESPACE) if m["name"] == "snapshot"]
        assert snapshot["args"][0]["data"]["hearing"]["deaf"] == "intake"
        until(lambda: "" in heard_by(late), 10.0, "the screen that was told wrong is told right")
    finally:
        tail.stopping.set()
        tail.join(10)
        first.disconnect(NAMESPACE)
        late.disconnect(NAMESPACE)
