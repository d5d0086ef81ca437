"""The snapshot of the operations view, on both databases."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from hub.access.actor import Actor, actor_of
from hub.accounts import demo as accounts_demo
from hub.accounts.services import end_all_sessions, find_user, open_session, session_user
from hub.accounts.viewers import recheck_viewer
from hub.clock import now
from hub.db import db, transaction
from hub.journal import entries_since
from hub.live import Viewer
from hub.main.app import create_app
from hub.orgunits import seed as units_seed
from hub.orgunits.queries import unit_by_code
from smartcity.models import Alert
from smartcity.operations.alerts import entry_views
from smartcity.operations.queries import operations_snapshot
from smartcity.series.queries import latest_values
from tests.conftest import SettingsFactory
from tests.e2e.stations import add_gauge, raise_alert

LE_THUY, DONG_HOI = "19249", "18853"


@pytest.fixture
def app(database_url: str, make_settings: SettingsFactory) -> Iterator[Flask]:
    made = create_app(make_settings(database_url=database_url, mqtt_url="mqtt://127.0.0.1:1"))
    with made.app_context():
        with transaction() as session:
            units_seed.seed(session)
            session.flush()
            accounts_demo.seed(session)
        yield made
        db.session.remove()
        db.engine.dispose()


def actor(session: Session, username: str) -> Actor:
    user = find_user(session, username)
    assert user is not None
    return actor_of(user)


def raised(unit: str, **more: str) -> str:
    with transaction() as session:
        return raise_alert(session, add_gauge(session, unit, "Trạm"), what=more.get("what", "Lũ"))


def test_each_viewer_sees_their_own_part_of_the_province(app: Flask) -> None:
    here, there = raised(LE_THUY), raised(DONG_HOI)
    session = db.session()
    province = operations_snapshot(session, actor(session, "tructhe"))
    town = operations_snapshot(session, actor(session, "donghoi"))
    assert {alert["code"] for alert in province["alerts"]} == {here, there}
    assert [alert["code"] for alert in town["alerts"]] == [there]
    assert [area["code"] for area in town["areas"]] == ["450"]
    assert len(province["areas"]) == 8
    assert len(province["cells"]) == 151
    assert province["cells"][LE_THUY] == "critical"
    assert LE_THUY not in town["cells"]
    assert here not in json.dumps(town)


def test_an_alert_carries_the_curve_of_its_series(app: Flask) -> None:
    raised(LE_THUY)
    session = db.session()
    (alert,) = operations_snapshot(session, actor(session, "tructhe"))["alerts"]
    known = [point for point in alert["points"] if point is not None]
    assert len(alert["points"]) == 48
    assert len(known) >= 30
    assert known[-1] == pytest.approx(1.0, abs=0.05)
    assert alert["area"] == "H. Lệ Thủy"
    assert alert["escalates_at"] is not None


def test_shelved_alerts_are_counted_and_out_of_sight(app: Flask) -> None:
    code = raised(LE_THUY)
    with transaction() as session:
        row = session.query(Alert).filter_by(code=code).one()
        row.state, row.shelved_until = "SHLVD", now() + timedelta(minutes=40)
    session = db.session()
    snapshot = operations_snapshot(session, actor(session, "tructhe"))
    assert snapshot["alerts"] == []
    assert snapshot["shelved"]["count"] == 1


def test_journal_entries_bring_the_alert_along(app: Flask) -> None:
    code = raised(LE_THUY)
    session = db.session()
    entries = [e for e in entries_since(session, 0) if e.kind == "alert.raised"]
    views = entry_views(session, entries)
    assert [views[entry.seq]["alert"]["code"] for entry in entries] == [code]
    json.dumps(views)


def test_latest_values_are_told_once(app: Flask) -> None:
    session = db.session()
    marker, first = latest_values(session, None)
    session.rollback()
    with transaction() as writing:
        unit = add_gauge(writing, LE_THUY, "Trạm", level=2.5).unit_id
    session = db.session()
    marker, second = latest_values(session, marker)
    _marker, third = latest_values(session, marker)
    assert first == []
    assert [(place, value["value"]) for place, value in second] == [(unit, 2.5)]
    assert third == []


def test_a_viewer_whose_session_has_ended_is_no_viewer(app: Flask) -> None:
    with transaction() as session:
        user = find_user(session, "donghoi")
        assert user is not None
        secret = open_session(session, user, "", "")
        session.flush()
        found = session_user(session, secret)
        town = unit_by_code(session, "450")
    assert found is not None
    assert town is not None
    viewer = Viewer(user.id, (town.id,), (town.path,), found[1].id)
    assert recheck_viewer(db.session(), viewer) == viewer
    db.session().rollback()
    with transaction() as session:
        end_all_sessions(session, user.id)
    assert recheck_viewer(db.session(), viewer) is None
