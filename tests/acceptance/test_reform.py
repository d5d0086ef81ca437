"""The two-tier reform of 2025, applied to the whole demo: everything follows, nothing breaks."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from conferencing.feeds.services import create_feed
from conferencing.models import Conference, Hold, Site
from hub.access.actor import actor_of
from hub.access.models import OrgUnit
from hub.accounts.demo import ACCOUNTS
from hub.accounts.services import find_user
from hub.audit.models import AuditEntry
from hub.clock import now
from hub.db import read_session, transaction
from hub.orgunits.queries import current_units, unit_by_code
from hub.orgunits.reform import apply_reform
from smartcity.ingest.catalogue import load_devices
from smartcity.models import Alert, Device, Observation, QuarantinedDevice, Rule
from tests.acceptance.conftest import (
    SignIn,
    browser_of,
    listen,
    message,
    opened,
    seed_demo,
    token_of,
)
from tests.acceptance.walking import Things, things_below, walk

REFORM_DAY = date(2025, 7, 1)


@pytest.fixture(scope="session")
def reformed_database(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's file as it is the day after, once per worker."""
    path = tmp_path_factory.mktemp("reformed") / "nhipcau.db"
    with opened(demo_database, path) as app, app.app_context(), transaction() as session:
        apply_reform(session, REFORM_DAY)
    return path


@pytest.fixture
def reformed(reformed_database: Path, tmp_path: Path) -> Iterator[Flask]:
    """The demo, the day after."""
    with opened(reformed_database, tmp_path / "nhipcau.db") as app:
        yield app


def all_things() -> Things:
    """Some of everything in the province of today."""
    session = read_session()
    root = next(unit for unit in current_units(session) if unit.parent_id is None)
    return things_below(session, root.path, most=4)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("username", [account.username for account in ACCOUNTS])
def test_every_page_answers_for_everybody(reformed: Flask, username: str) -> None:
    with reformed.app_context():
        things = all_things()
    assert things.conferences and things.devices and things.alerts and things.units  # noqa: PT018
    browser, secret = browser_of(reformed, username), token_of(reformed, username)
    answers = {
        visit.url: visit.answer.status_code for visit in walk(reformed, browser, things, secret)
    }
    assert {url: status for url, status in answers.items() if status >= 500} == {}
    assert list(answers.values()).count(200) > 40


def test_what_the_province_saw_before_it_sees_afterwards(demo: Flask, sign_in: SignIn) -> None:
    with demo.app_context():
        before = all_things()
        with transaction() as session:
            apply_reform(session, REFORM_DAY)
    before.units = []
    lost = [
        f"{visit.url}: {visit.answer.status_code}"
        for visit in walk(demo, sign_in("quantri"), before, "")
        if visit.answer.status_code == 404
    ]
    assert lost == []


def test_everything_stands_at_a_unit_in_force(reformed: Flask) -> None:
    with reformed.app_context():
        session = read_session()
        today = {unit.id for unit in current_units(session)}
        for column in (
            Site.unit_id,
            Device.unit_id,
            Alert.unit_id,
            Rule.unit_id,
            Conference.host_unit_id,
        ):
            assert set(session.scalars(select(column))) <= today, column


def test_holds_and_places_are_as_they_were(demo: Flask) -> None:
    with demo.app_context():
        before = read_session().execute(select(Hold.resource_id, Hold.starts_at)).all()
        read_session().rollback()
        with transaction() as session:
            apply_reform(session, REFORM_DAY)
        assert read_session().execute(select(Hold.resource_id, Hold.starts_at)).all() == before
        site = read_session().scalars(select(Site).where(Site.code == "DC-19249")).one()
        assert site.unit.name == "Xã Lệ Thủy"
        assert site.unit.parent is not None
        assert site.unit.parent.name == "Tỉnh Quảng Trị"


def test_the_audit_of_the_old_units_stays_readable(demo: Flask, sign_in: SignIn) -> None:
    with demo.app_context():
        ended = select(OrgUnit.id).where(OrgUnit.level == "district")
        counted = select(func.count(AuditEntry.id)).where(AuditEntry.unit_id.in_(ended))
        assert read_session().scalar(counted)
        read_session().rollback()
        with transaction() as session:
            apply_reform(session, REFORM_DAY)
    page = sign_in("quantri").get("/audit?action=conference:booked").get_data(as_text=True)
    assert "conference:booked" in page or "HN-" in page


def test_a_district_feed_goes_on_with_all_that_became_of_the_district(demo: Flask) -> None:
    with demo.app_context():
        with transaction() as session:
            user = find_user(session, "lethuy")
            assert user is not None
            secret = create_feed(session, actor_of(user), "unit", "457")[1]
        before = demo.test_client().get(f"/feeds/{secret}.ics")
        with transaction() as session:
            apply_reform(session, REFORM_DAY)
        after = demo.test_client().get(f"/feeds/{secret}.ics")
    assert before.status_code == after.status_code == 200
    events = before.data.count(b"BEGIN:VEVENT")
    assert events > 1
    assert after.data.count(b"BEGIN:VEVENT") == events


@pytest.mark.parametrize("unit_code", ["19249", "457", "new"])
def test_a_device_is_heard_under_the_old_code_and_the_new(reformed: Flask, unit_code: str) -> None:
    with reformed.app_context():
        device = read_session().scalars(select(Device).where(Device.code == "tram-le-thuy")).one()
        code = device.unit.code if unit_code == "new" else unit_code
        rows = select(func.count()).select_from(Observation)
        before = read_session().scalar(rows)
        unknown = read_session().scalar(select(func.count(QuarantinedDevice.id)))
        at = (now() + timedelta(seconds=5)).isoformat()
        body = json.dumps({"observed_at": at, "values": {"water_level": 4.0}})
        listen(message(f"city/{code}/tram-le-thuy/telemetry", body))
        assert read_session().scalar(rows) == (before or 0) + 1
        assert read_session().scalar(select(func.count(QuarantinedDevice.id))) == unknown


def test_a_device_under_a_unit_it_never_belonged_to_is_quarantined(reformed: Flask) -> None:
    with reformed.app_context():
        body = json.dumps({"observed_at": now().isoformat(), "values": {"water_level": 4.0}})
        listen(message("city/18868/tram-le-thuy/telemetry", body))
        query = select(QuarantinedDevice).where(QuarantinedDevice.device_code == "tram-le-thuy")
        assert read_session().scalars(query).one().reason == "other-unit"


def test_an_open_alert_stays_one_alert(reformed: Flask) -> None:
    with reformed.app_context():
        query = select(Alert).where(Alert.open_key.is_not(None))
        before = {one.code for one in read_session().scalars(query).unique()}
        assert before
        read_session().rollback()
        at = (now() + timedelta(seconds=9)).isoformat()
        body = json.dumps({"observed_at": at, "values": {"water_level": 4.1}})
        listen(message("city/19249/tram-le-thuy/telemetry", body))
        after = {one.code for one in read_session().scalars(query).unique()}
    assert after == before


def test_a_district_rule_covers_afterwards_what_it_covered_before(demo: Flask) -> None:
    with demo.app_context():
        with transaction() as session:
            district = unit_by_code(session, "457")
            assert district is not None
            rule = Rule(code="rieng", name="Riêng", kind="threshold", severity="high")
            rule.unit_id, rule.prop, rule.raise_at = district.id, "mains", 0.5
            rule.direction, rule.updated_at = "below", now()
            session.add(rule)
        before = watched_by_own_rules()
        read_session().rollback()
        with transaction() as session:
            apply_reform(session, REFORM_DAY)
        after = watched_by_own_rules()
    assert len(before) > 27
    assert before <= after


def watched_by_own_rules() -> set[str]:
    """Devices that ingest would try the district's own rule on."""
    own = set(read_session().scalars(select(Rule.id).where(Rule.code.startswith("rieng"))))
    read_session().rollback()
    return {
        device.code
        for device in load_devices(read_session())
        for bound in device.threshold_rules
        if bound.rule.rule_id in own
    }


def test_seeding_the_demo_again_after_the_reform_changes_nothing(reformed: Flask) -> None:
    with reformed.app_context():
        counts = [select(func.count()).select_from(model) for model in (OrgUnit, Device, Site)]
        before = [read_session().scalar(one) for one in counts]
        read_session().rollback()
        seed_demo()
        assert [read_session().scalar(one) for one in counts] == before
