"""Whoever has one district sees nothing of another, wherever they look and however they ask."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIOTestClient

from conferencing.feeds.services import create_feed
from hub.access.actor import actor_of
from hub.access.capabilities import ROLES
from hub.accounts.services import find_user, grant_role
from hub.db import read_session, transaction
from hub.errors import Invalid
from hub.live import NAMESPACE, socketio, start_tail
from hub.orgunits.queries import unit_by_code
from smartcity.mqtt import Message
from tests.acceptance.conftest import (
    PLACES,
    SignIn,
    TokenOf,
    browser_of,
    listen,
    message,
    token_of,
)
from tests.acceptance.deadline import until
from tests.acceptance.walking import Things, Visit, things_below, walk

DISTRICTS = {"lethuy": "457", "donghoi": "450"}
# Lists and searches that ask for the other place by name.
ASKING = (
    "/alerts?unit={unit}",
    "/devices?unit={unit}",
    "/conferences?unit={unit}",
    "/timeline?unit={unit}",
    "/calendar?unit={unit}",
    "/sites?unit={unit}",
    "/inbox?unit={unit}",
    "/search?q=hop+rieng",
    "/search?q=muc+nuoc",
    "/search?q=cau",
    "/api/v1/alerts?unit={unit}",
    "/api/v1/devices?unit={unit}",
    "/api/v1/conferences?unit={unit}",
    "/api/v1/observations?device={device}",
    "/api/v1/detections?device={device}",
    "/api/v1/alerts?device={device}",
    "/api/v1/occurrences?unit={unit}",
    "/api/v1/availability?unit={unit}",
    "/api/v1/pending-answers?unit={unit}",
)


def things_of(app: Flask, place: str) -> Things:
    with app.app_context():
        unit = unit_by_code(read_session(), DISTRICTS[place])
        assert unit is not None
        return things_below(read_session(), unit.path)


def marks_of(place: str, things: Things) -> set[str]:
    """Words that give a place away, wherever they stand."""
    words = {f"la-{place}", f"vỡ-{place}", f"road-{place}", f"Họp riêng {place}"}
    return words | {*things.alerts, *things.devices, *things.conferences}


def look_everywhere(
    app: Flask, username: str, own: Things, ask_for: str
) -> tuple[list[Visit], list[str]]:
    """Every page of one's own things, and every list asked for another place."""
    browser, token = browser_of(app, username), token_of(app, username)
    visits = list(walk(app, browser, own, token))
    device = PLACES[ask_for][1]
    asked = []
    for pattern in ASKING:
        url = pattern.format(unit=DISTRICTS[ask_for], device=device)
        headers = {"Authorization": f"Bearer {token}"} if url.startswith("/api/") else {}
        text = browser.get(url, headers=headers).get_data(as_text=True)
        # A page that echoes what was asked for gives nothing away.
        asked.append(text.replace(device, "") if device in url else text)
    return visits, asked


def found_in(marks: Iterable[str], visits: list[Visit], asked: list[str]) -> dict[str, str]:
    """Which mark stands where."""
    seen = {mark: visit.url for visit in visits for mark in marks if mark in visit.text}
    return seen | {
        mark: ASKING[i] for i, text in enumerate(asked) for mark in marks if mark in text
    }


def give_every_role(app: Flask, username: str, unit_code: str) -> None:
    with app.app_context(), transaction() as session:
        user, unit = find_user(session, username), unit_by_code(session, unit_code)
        assert user is not None
        assert unit is not None
        for role in set(ROLES) - {held.role for held in user.roles}:
            grant_role(session, user, role, unit)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("roles", ["viewer", "every role"])
def test_nothing_of_the_other_district_is_on_any_page(demo: Flask, roles: str) -> None:
    if roles == "every role":
        give_every_role(demo, "donghoi", DISTRICTS["donghoi"])
    own, foreign = things_of(demo, "donghoi"), things_of(demo, "lethuy")
    assert own.alerts
    assert own.conferences
    visits, asked = look_everywhere(demo, "donghoi", own, "lethuy")
    assert found_in(marks_of("lethuy", foreign), visits, asked) == {}
    # Nor is it blind: what is its own it does see.
    marks = {*own.alerts, *own.conferences, "tram-dong-hoi", "Họp riêng donghoi"}
    assert marks <= found_in(marks, visits, asked).keys()


def test_the_same_walk_by_those_who_may_finds_every_mark(demo: Flask) -> None:
    give_every_role(demo, "lethuy", DISTRICTS["lethuy"])
    own = things_of(demo, "lethuy")
    visits, asked = look_everywhere(demo, "lethuy", own, "lethuy")
    marks = marks_of("lethuy", own)
    assert found_in(marks, visits, asked).keys() == marks


@pytest.mark.parametrize("roles", ["viewer", "every role"])
def test_things_of_the_other_district_are_not_found_by_code_or_number(
    demo: Flask, sign_in: SignIn, token: TokenOf, roles: str
) -> None:
    if roles == "every role":
        give_every_role(demo, "donghoi", DISTRICTS["donghoi"])
    foreign = things_of(demo, "lethuy")
    for name in (
        "alerts",
        "devices",
        "conferences",
        "sites",
        "units",
        "letters",
        "unknown_devices",
    ):
        assert getattr(foreign, name), name
    named = [
        visit
        for visit in walk(demo, sign_in("donghoi"), foreign, token("donghoi"))
        if "<" in visit.rule
    ]
    let_in = {v.url: v.answer.status_code for v in named if v.answer.status_code not in {403, 404}}
    assert let_in == {}
    may = {visit.url for visit in named if visit.answer.status_code == 404}
    assert len(may) > 10


def test_feeds_show_their_own_district_and_no_other(demo: Flask) -> None:
    with demo.app_context():
        with transaction() as session:
            user = find_user(session, "donghoi")
            assert user is not None
            actor = actor_of(user)
            secret = create_feed(session, actor, "unit", DISTRICTS["donghoi"])[1]
        for scope, code in (("unit", "457"), ("unit", "44"), ("site", "DC-19249")):
            with pytest.raises(Invalid), transaction() as session:
                create_feed(session, actor, scope, code)
    feed = demo.test_client().get(f"/feeds/{secret}.ics").get_data(as_text=True)
    unfolded = feed.replace("\r\n ", "")
    assert "Họp riêng donghoi" in unfolded
    assert "Họp riêng lethuy" not in unfolded


def listener(app: Flask, username: str) -> SocketIOTestClient:
    """A signed-in Socket.IO client."""
    made = socketio.test_client(
        app, namespace=NAMESPACE, flask_test_client=browser_of(app, username)
    )
    assert made.is_connected(NAMESPACE)
    return made


def told(client: SocketIOTestClient) -> list[dict[str, Any]]:
    """What has arrived since the last time."""
    return [one for one in client.get_received(NAMESPACE) if one["name"] != "observations"]


def status_of(place: str) -> list[Message]:
    """The camera of a place goes offline."""
    unit, camera = PLACES[place][2:]
    return [message(f"city/{unit}/{camera}/status", "offline")]


def test_a_socket_hears_its_own_district_and_no_other(demo: Flask) -> None:
    foreign = marks_of("lethuy", things_of(demo, "lethuy"))
    clients = {name: listener(demo, name) for name in ("donghoi", "lethuy", "tructhe")}
    first = {name: json.dumps(told(client)) for name, client in clients.items()}
    assert [mark for mark in foreign if mark in first["donghoi"]] == []
    assert any(mark in first["lethuy"] for mark in foreign)
    tail = start_tail(demo)
    heard: dict[str, list[dict[str, Any]]] = {name: [] for name in clients}
    try:
        until(lambda: tail.seq is not None, 20.0, "the tail has found its place")
        with demo.app_context():
            # The foreign one first: whoever hears the second would have heard the first.
            listen(*status_of("lethuy"))
            listen(*status_of("donghoi"))

        def everybody_has_heard() -> bool:
            for name, client in clients.items():
                heard[name] += told(client)
            return all(heard.values())

        until(everybody_has_heard, 30.0, "each hears of its own")
    finally:
        tail.stopping.set()
        tail.join(timeout=10)
    units = {name: {str(one["args"]) for one in messages} for name, messages in heard.items()}
    assert not any("cam-ql1a" in text or "Cam Thủy" in text for text in units["donghoi"])
    assert not any("cam-cau-nhat-le" in text for text in units["lethuy"])


def test_a_socket_that_asks_for_the_past_gets_its_own_alone(demo: Flask) -> None:
    said = {}
    for name in ("donghoi", "lethuy"):
        client = listener(demo, name)
        told(client)
        client.emit("resume", {"since": 0}, namespace=NAMESPACE)
        said[name] = json.dumps(told(client), ensure_ascii=False)
    foreign, own = (marks_of(place, things_of(demo, place)) for place in ("lethuy", "donghoi"))
    assert [mark for mark in foreign if mark in said["donghoi"]] == []
    assert any(mark in said["donghoi"] for mark in own)
    assert any(mark in said["lethuy"] for mark in foreign)
