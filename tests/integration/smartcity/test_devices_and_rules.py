"""Registering devices and writing rules: what is refused is refused in words, at its field."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from hub.access.actor import Scope
from hub.db import db, transaction
from hub.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.journal import JournalEntry
from smartcity.devices import services as devices
from smartcity.models import Device, Rule
from smartcity.rules import services as rules
from tests.integration.smartcity.conftest import World


def device_values(**changes: object) -> dict[str, object]:
    """Return a good draft of a rain gauge in An Thủy."""
    values = {"code": "mua-an-thuy", "name": "Mưa An Thủy", "kind": "rain_gauge", "unit": "19291"}
    return {**values, **changes}


def rule_values(**changes: object) -> dict[str, object]:
    """Return a good draft of a rain rule."""
    values = {
        "code": "mua-100",
        "name": "Mưa 24 giờ trên 100 mm",
        "kind": "threshold",
        "severity": "high",
        "unit": "44",
        "device_kind": "rain_gauge",
        "prop": "rainfall_24h",
        "raise_at": 100.0,
        "clear_at": 90.0,
    }
    return {**values, **changes}


def refused_fields(error: Invalid) -> set[str]:
    """Return the fields an error names."""
    return {one.field for one in error.errors}


def test_a_registered_device_is_searchable_and_told_to_the_live_view(world: World) -> None:
    with transaction() as session:
        devices.register_device(session, world.actor("dung"), device_values())
    device = db.session.scalars(select(Device).where(Device.code == "mua-an-thuy")).one()
    assert device.name_fold == "mua an thuy"
    entry = db.session.scalars(select(JournalEntry)).one()
    assert (entry.kind, entry.data["change"]) == ("device.changed", "registered")


def test_a_bad_device_is_refused_field_by_field(world: World) -> None:
    bad = device_values(code="trạm lạ", name=" ", kind="boat", lat=99.0, expected_interval_s=0)
    with pytest.raises(Invalid) as refused, transaction() as session:
        devices.register_device(session, world.actor("dung"), bad)
    assert refused_fields(refused.value) == {"code", "name", "kind", "lat", "expected_interval_s"}


def test_a_code_is_given_once(world: World) -> None:
    with pytest.raises(Conflict, match="tram-le-thuy"), transaction() as session:
        devices.register_device(session, world.actor("dung"), device_values(code="tram-le-thuy"))


def test_a_device_cannot_be_put_into_a_foreign_unit(world: World) -> None:
    with pytest.raises(Invalid) as refused, transaction() as session:
        devices.register_device(session, world.actor("oanh"), device_values())
    assert refused_fields(refused.value) == {"unit"}


def test_editing_does_not_bring_a_retired_device_back(world: World) -> None:
    dung = world.actor("dung")
    with transaction() as session:
        devices.activate_device(session, dung, "tram-le-thuy", is_active=False)
        draft = device_values(code="tram-le-thuy", name="Lệ Thủy", kind="river_gauge")
        devices.edit_device(session, dung, "tram-le-thuy", draft)
    device = db.session.scalars(select(Device).where(Device.code == "tram-le-thuy")).one()
    assert (device.name, device.is_active) == ("Lệ Thủy", False)


def test_marks_must_rise_and_say_where_they_come_from(world: World) -> None:
    with pytest.raises(Invalid) as refused, transaction() as session:
        devices.set_marks(session, world.actor("dung"), "tram-le-thuy", (2.2, 1.2, None), "")
    assert refused_fields(refused.value) == {"bd3", "basis"}
    with transaction() as session:
        devices.set_marks(
            session, world.actor("dung"), "tram-le-thuy", (None, None, 2.7), "QĐ 05/2020"
        )
    device = db.session.scalars(select(Device).where(Device.code == "tram-le-thuy")).one()
    assert device.marks is not None
    assert (device.marks.bd1, device.marks.bd3) == (None, 2.7)


def test_a_rule_that_can_never_clear_is_refused_in_words(world: World) -> None:
    bao = world.actor("bao")
    with pytest.raises(Invalid, match="bằng hoặc thấp hơn"), transaction() as session:
        rules.create_rule(session, bao, rule_values(clear_at=120.0))
    with pytest.raises(Invalid, match="bằng hoặc cao hơn"), transaction() as session:
        rules.create_rule(session, bao, rule_values(direction="below", clear_at=50.0))


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"prop": "", "raise_at": None}, {"prop", "raise_at"}),
        ({"kind": "alarm_mark", "mark": 4}, {"mark"}),
        ({"kind": "absence", "silence_s": 0}, {"silence_s"}),
        ({"kind": "detection", "label": "", "min_score": 2.0}, {"label", "min_score"}),
        ({"kind": "guess"}, {"kind"}),
        ({"severity": "huge", "code": "mưa", "name": ""}, {"severity", "code", "name"}),
    ],
)
def test_each_kind_of_rule_wants_its_own_fields(
    world: World, changes: dict[str, object], fields: set[str]
) -> None:
    with pytest.raises(Invalid) as refused, transaction() as session:
        rules.create_rule(session, world.actor("bao"), rule_values(**changes))
    assert refused_fields(refused.value) == fields


def test_a_rule_is_created_edited_and_switched_off(world: World) -> None:
    bao = world.actor("bao")
    with transaction() as session:
        rules.create_rule(session, bao, rule_values())
    with transaction() as session:
        rules.edit_rule(session, bao, "mua-100", rule_values(raise_at=110.0))
        rules.activate_rule(session, bao, "mua-100", is_active=False)
    rule = db.session.scalars(select(Rule).where(Rule.code == "mua-100")).one()
    assert (rule.raise_at, rule.is_active) == (110.0, False)
    with pytest.raises(Conflict), transaction() as session:
        rules.create_rule(session, bao, rule_values())


def test_a_rule_keeps_its_device_when_that_was_moved_out_of_sight(world: World) -> None:
    bao = world.actor("bao")
    with transaction() as session:
        rules.create_rule(session, bao, rule_values(device="tram-le-thuy"))
    blind = replace(bao, scopes={**bao.scopes, "device.view": Scope(())})
    with transaction() as session:
        rule = rules.edit_rule(session, blind, "mua-100", {"name": "Tên mới"})
        assert (rule.name, rule.device_id is not None) == ("Tên mới", True)
    with pytest.raises(Invalid) as refused, transaction() as session:
        rules.create_rule(session, blind, rule_values(code="khac", device="tram-le-thuy"))
    assert refused_fields(refused.value) == {"device"}


def test_a_technician_may_not_change_rules_and_a_stranger_sees_none(world: World) -> None:
    with pytest.raises(NotAllowed), transaction() as session:
        rules.activate_rule(session, world.actor("dung"), "im-lang", is_active=False)
    with pytest.raises(NotFound), transaction() as session:
        rules.activate_rule(session, world.actor("oanh"), "im-lang", is_active=False)
