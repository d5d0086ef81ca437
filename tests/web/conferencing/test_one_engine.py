"""The panel, the review, the save and the API ask one engine and hear one answer."""

import re
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from conferencing.models import Bridge, Room
from hub.clock import TZ
from tests.web.conferencing.province import book_one, furnish
from tests.web.conferencing.test_booking_form import filled, text_of, value_of
from tests.web.conftest import FROM_HERE, Post, SignIn, Write

BAR = re.compile(r"<title>(\d\d:\d\d) (\d+)/(\d+)</title>")


@pytest.fixture
def everywhere(sign_in: SignIn, write: Write) -> FlaskClient:
    """The secretary of a province with a site in each unit and a room that joins sixty."""
    with write() as session:
        furnish(session, every_unit=True)
        room = session.scalars(select(Room).where(Room.code == "P1")).one()
        room.capacity = 60
    return sign_in("thuky")


def all_sites(browser: FlaskClient) -> list[str]:
    page = text_of(browser.get("/conferences/new"))
    return re.findall(r'name="sites" value="([^"]+)"', page)


def test_the_panel_says_as_the_save_that_the_room_joins_too_few(
    everywhere: FlaskClient, post: Post
) -> None:
    sites = all_sites(everywhere)
    assert len(sites) == 160
    sentence = "Phòng chỉ nối được 60 điểm cầu."
    panel = text_of(post(everywhere, "/conferences/check", filled(sites=sites, room="P1")))
    assert sentence in panel
    assert "Dùng phòng này" in panel
    for step in ("review", "confirm"):
        answer = post(everywhere, "/conferences/new", filled(do=step, sites=sites, room="P1"))
        assert answer.status_code == 422
        assert sentence in text_of(answer)


def test_the_panel_counts_the_ports_of_every_date(
    everywhere: FlaskClient, post: Post, write: Write
) -> None:
    with write() as session:
        bridge = session.scalars(select(Bridge)).one()
        bridge.ports = 5
        start = datetime.strptime(filled()["day"], "%d/%m/%Y").replace(hour=14, tzinfo=TZ)
        second = start + timedelta(days=7)
        others = ("DC-450", "DC-19252", "DC-455")
        book_one(session, starts_at=second, room_code="P2", sites=others, attendees=())
    form = filled(repeat="weekly", interval="1", bound="count", count="3", room="P1")
    panel = text_of(post(everywhere, "/conferences/check", form))
    assert "<strong>2</strong>/5" in panel
    assert post(everywhere, "/conferences/new", form).status_code == 409


def test_an_emergency_is_told_the_set_up_time_it_gets(
    everywhere: FlaskClient, post: Post, write: Write
) -> None:
    with write() as session:
        for room in session.scalars(select(Room)):
            room.buffer_minutes = 30
        start = datetime.strptime(filled()["day"], "%d/%m/%Y").replace(hour=8, tzinfo=TZ)
        book_one(session, starts_at=start - timedelta(hours=2))  # until eight
    regular = filled(starts="08:00", ends="09:00", room="P1")
    assert "trùng 30 phút" in text_of(post(everywhere, "/conferences/check", regular))
    assert post(everywhere, "/conferences/new", regular).status_code == 409
    urgent = {**regular, "type": "emergency", "reason": "Lũ về"}
    assert "trùng" not in text_of(post(everywhere, "/conferences/check", urgent))
    assert post(everywhere, "/conferences/new", urgent).status_code == 200


def test_an_edit_is_not_in_its_own_way(sign_in: SignIn, post: Post, write: Write) -> None:
    with write() as session:
        booked = book_one(session)
    browser = sign_in("thuky")
    page = text_of(browser.get(f"/conferences/{booked.code}/edit"))
    form = filled(day=value_of(page, "day"), starts="08:30", ends="10:30", changing=booked.code)
    panel = text_of(post(browser, "/conferences/check", form))
    bars = BAR.findall(panel)
    assert bars
    assert {(free, total) for _hour, free, total in bars} == {("3", "3")}
    assert "trùng" not in panel
    as_new = text_of(post(browser, "/conferences/check", {**form, "changing": ""}))
    assert ("09:00", "0", "3") in BAR.findall(as_new)


def test_a_check_without_a_session_says_401(client: FlaskClient, write: Write) -> None:
    with write() as session:
        furnish(session)
    answer = client.post("/conferences/check", data=filled(), headers=FROM_HERE)
    assert answer.status_code == 401
