"""Convening from an alert: both sides or neither, and one conference per press of the button."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.actor import Actor
from hub.contracts.emergency import ConvenedConference, ConveneRequest
from hub.db import db, transaction
from hub.errors import Conflict, Invalid, NotAllowed
from smartcity.alerts.area import area_of
from smartcity.alerts.queries import alert_by_code
from smartcity.emergency.services import ConveneForm, convene_from_alert
from smartcity.models import AlertStep
from tests.integration.smartcity.conftest import World, new_alert, new_device


class Booking:
    """A booking side that remembers what it was asked, or refuses."""

    def __init__(self, refusal: str = "") -> None:
        self.asked: list[ConveneRequest] = []
        self._refusal = refusal

    def __call__(
        self, session: Session, actor: Actor, request: ConveneRequest
    ) -> ConvenedConference:
        if self._refusal:
            raise Conflict(self._refusal)
        self.asked.append(request)
        number = len(self.asked)
        return ConvenedConference(f"HN-{number}", f"uid-{number}", f"/conferences/HN-{number}")


def form_of(world: World, **changes: object) -> ConveneForm:
    """Return a form that asks Lệ Thủy and An Thủy in a quarter of an hour."""
    form = ConveneForm(
        unit_ids=(world.units["457"], world.units["19291"]),
        delay_min=15,
        duration_min=60,
        title="",
        reason="lũ sông Kiến Giang",
        form_token="one~",
    )
    return replace(form, **changes)  # type: ignore[arg-type]


def test_convening_books_and_stamps_the_alert(world: World) -> None:
    booking = Booking()
    with transaction() as session:
        made = convene_from_alert(session, world.actor("khoa"), "CB-1", form_of(world), booking)
    assert made.is_new
    assert booking.asked[0].unit_ids == (world.units["457"], world.units["19291"])
    assert booking.asked[0].title == "Họp khẩn: Mực nước trên BĐ3"
    assert world.alert().conference_code == "HN-1"
    step = db.session.scalars(select(AlertStep)).one()
    assert (step.verb, step.detail["conference"], step.note) == (
        "convened",
        "HN-1",
        "lũ sông Kiến Giang",
    )


def test_a_second_press_finds_the_same_conference(world: World) -> None:
    booking = Booking()
    for is_new in (True, False):
        with transaction() as session:
            made = convene_from_alert(session, world.actor("khoa"), "CB-1", form_of(world), booking)
        assert (made.is_new, made.conference.code) == (is_new, "HN-1")
    assert len(booking.asked) == 1


def test_another_person_is_told_who_convened_and_may_convene_again_knowingly(world: World) -> None:
    booking = Booking()
    with transaction() as session:
        convene_from_alert(session, world.actor("khoa"), "CB-1", form_of(world), booking)
    blind = form_of(world, form_token="two~")
    first = pytest.raises(Conflict, match="Trần Đình Khoa đã triệu tập HN-1")
    with first, transaction() as session:
        convene_from_alert(session, world.actor("bao"), "CB-1", blind, booking)
    knowing = form_of(world, form_token="three~HN-1")
    with transaction() as session:
        made = convene_from_alert(session, world.actor("bao"), "CB-1", knowing, booking)
    assert made.conference.code == "HN-2"


def test_when_the_booking_side_refuses_the_alert_stays_as_it_was(world: World) -> None:
    with pytest.raises(Conflict, match="hết cổng"), transaction() as session:
        convene_from_alert(
            session, world.actor("khoa"), "CB-1", form_of(world), Booking("hết cổng")
        )
    assert world.alert().conference_code == ""
    assert db.session.scalars(select(AlertStep)).all() == []


def test_units_and_a_reason_are_wanted(world: World) -> None:
    empty = form_of(world, unit_ids=(), reason=" ", delay_min=7)
    with pytest.raises(Invalid) as refused, transaction() as session:
        convene_from_alert(session, world.actor("khoa"), "CB-1", empty, Booking())
    assert {error.field for error in refused.value.errors} == {"units", "reason", "delay"}


def test_who_may_not_convene_is_refused(world: World) -> None:
    with pytest.raises(NotAllowed), transaction() as session:
        convene_from_alert(session, world.actor("ha"), "CB-1", form_of(world), Booking())


def test_the_area_is_the_head_the_neighbours_and_those_with_alerts(world: World) -> None:
    with transaction() as session:
        far = new_device(session, world, "mua-kim-thuy", "rain_gauge", "19318")
        new_alert(session, far, "CB-2", severity="high")
    alert = alert_by_code(db.session(), "CB-1")
    assert alert is not None
    area = area_of(db.session(), alert)
    assert [one.unit.code for one in area] == ["457", "19249", "19291", "19318"]
    assert {one.unit.code for one in area if one.is_chosen} == {"457", "19249", "19291", "19318"}
    assert next(one for one in area if one.unit.code == "19318").severity == "high"


def test_a_far_commune_without_an_alert_is_offered_but_not_chosen(world: World) -> None:
    alert = alert_by_code(db.session(), "CB-1")
    assert alert is not None
    chosen = {one.unit.code: one.is_chosen for one in area_of(db.session(), alert)}
    assert chosen == {"457": True, "19249": True, "19291": True, "19318": False}
