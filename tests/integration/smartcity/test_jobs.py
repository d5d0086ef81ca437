"""The ticks: silence raises once, shelved alerts come back, settled ones are filed, old rows go."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.clock import now
from hub.db import db, each_in_transaction, transaction
from smartcity import jobs
from smartcity.alerts import services
from smartcity.models import Alert, DeadLetter, Device, Observation
from tests.integration.smartcity.conftest import World, new_series
from tests.services.postgres import wait_for_a_waiting_lock


def heard(minutes_ago: float) -> None:
    """Let the gauges have been heard so long ago."""
    with transaction() as session:
        for device in session.scalars(select(Device)).unique():
            device.last_seen_at = now() - timedelta(minutes=minutes_ago)


def silences() -> list[Alert]:
    """Return the alerts of the absence rule."""
    db.session.rollback()
    db.session.expire_all()
    query = select(Alert).where(Alert.kind == "absence").order_by(Alert.id)
    return list(db.session.scalars(query).unique())


def test_silence_raises_one_alert_and_a_new_message_clears_it(app: Flask, world: World) -> None:
    assert jobs.watch_silence(app) == 0, "never heard is not silent"
    heard(20)
    assert jobs.watch_silence(app) == 1
    assert jobs.watch_silence(app) == 0
    assert [alert.state for alert in silences()] == ["UNACK"]
    heard(0)
    assert jobs.watch_silence(app) == 1
    assert [alert.state for alert in silences()] == ["RTNUN"]
    heard(30)
    jobs.watch_silence(app)
    assert [(alert.state, alert.repeat_count) for alert in silences()] == [("UNACK", 2)]


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_click_during_the_tick_is_not_lost(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 1)
    with transaction() as session:
        first = session.scalars(select(Device)).one()
        copied = ("name", "name_fold", "kind", "unit_id", "created_at", "updated_at", "status")
        session.add(Device(code="tram-hai", **{name: getattr(first, name) for name in copied}))
    heard(20)
    assert jobs.watch_silence(app) == 2
    heard(0)

    def tick() -> int:
        with app.app_context():
            return jobs.watch_silence(app)

    codes = [alert.code or "" for alert in silences()]
    with ThreadPoolExecutor(1) as threads:
        with transaction() as session:
            services.locked_alert(session, codes[1])
            ticking = threads.submit(tick)
            wait_for_a_waiting_lock(db.engine)
            services.acknowledge_alert(session, world.actor("bao"), codes[1])
        assert ticking.result(20) == 2
    assert [alert.state for alert in silences()] == ["RTNUN", "NORM"]


def test_one_that_fails_does_not_keep_the_others_waiting(
    app: Flask, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    def act(_session: Session, item: int) -> None:
        if item == 1:
            raise ValueError("bad")

    assert each_in_transaction([1, 2, 3], act) == 2
    assert "1 could not be handled" in caplog.text


def test_a_silence_a_person_closed_is_not_raised_again_before_a_message(
    app: Flask, world: World
) -> None:
    heard(20)
    jobs.watch_silence(app)
    code = silences()[0].code or ""
    with transaction() as session:
        services.acknowledge_alert(session, world.actor("bao"), code)
        services.close_alert(session, world.actor("bao"), code)
    assert jobs.watch_silence(app) == 0
    heard(16)
    assert jobs.watch_silence(app) == 1
    assert [alert.state for alert in silences()] == ["CLOSED", "UNACK"]


def test_a_retired_device_is_allowed_to_be_silent(app: Flask, world: World) -> None:
    heard(20)
    with transaction() as session:
        session.scalars(select(Device)).one().is_active = False
    assert jobs.watch_silence(app) == 0


def test_shelved_alerts_whose_time_is_up_come_back(app: Flask, world: World) -> None:
    with transaction() as session:
        until = now() + timedelta(minutes=15)
        services.shelve_alert(session, world.actor("bao"), "CB-1", until, "bảo trì")
    assert jobs.unshelve_due(app) == 0
    with transaction() as session:
        services.locked_alert(session, "CB-1").shelved_until = now() - timedelta(seconds=1)
    assert jobs.unshelve_due(app) == 1
    assert world.alert().state == "UNACK"


def test_an_acknowledged_alert_that_ended_is_filed_after_half_an_hour(
    app: Flask, world: World
) -> None:
    with transaction() as session:
        alert = services.acknowledge_alert(session, world.actor("bao"), "CB-1")
        alert.state, alert.returned_at = "NORM", now() - timedelta(minutes=10)
    assert jobs.close_settled(app) == 0
    with transaction() as session:
        services.locked_alert(session, "CB-1").returned_at = now() - timedelta(minutes=31)
    assert jobs.close_settled(app) == 1
    assert (world.alert().state, world.alert().open_key) == ("CLOSED", None)


def test_rows_older_than_their_retention_go(app: Flask, world: World) -> None:
    long_ago = now() - timedelta(days=500)
    with transaction() as session:
        device = session.scalars(select(Device)).one()
        new_series(session, device, "water_level", "m", [(long_ago, 1.0), (now(), 2.0)])
        session.add(
            DeadLetter(topic="x", payload=b"", payload_size=0, reason="empty", received_at=long_ago)
        )
    jobs.forget_old_rows(app)
    assert db.session.scalar(select(func.count()).select_from(Observation)) == 1
    assert db.session.scalars(select(DeadLetter)).all() == []
