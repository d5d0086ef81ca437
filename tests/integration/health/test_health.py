"""The watched addresses tell the truth on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from hub import clock
from hub.db import db, transaction
from hub.main.app import create_app
from hub.main.scheduler import leadership
from smartcity.models import IngestSlot
from tests.conftest import SettingsFactory


@pytest.fixture
def app(make_settings: SettingsFactory, database_url: str) -> Any:
    """The application on a fresh database."""
    made = create_app(make_settings(database_url=database_url))
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


def _beat(*, age: timedelta, broker_state: str = "connected") -> None:
    with transaction() as session:
        session.merge(IngestSlot(slot=0, heartbeat_at=clock.now() - age, broker_state=broker_state))


def _checks(app: Flask) -> tuple[int, dict[str, Any]]:
    response = app.test_client().get("/readyz")
    return response.status_code, response.get_json()["checks"]


def test_a_living_process_says_so_without_asking_the_database(app: Flask) -> None:
    assert app.test_client().get("/healthz").status_code == 200


def test_what_is_missing_is_named(app: Flask) -> None:
    status, checks = _checks(app)

    assert status == 503
    assert {name for name, check in checks.items() if not check["ok"]} == {"worker", "ingest"}


def test_with_ingest_and_a_leading_worker_everything_is_ready(app: Flask) -> None:
    _beat(age=timedelta(seconds=1))

    with leadership(app.extensions["hub.settings"]) as leads:
        assert leads()
        status, checks = _checks(app)

    assert status == 200, checks


@pytest.mark.parametrize(
    ("age", "broker_state"), [(timedelta(minutes=2), "connected"), (timedelta(), "disconnected")]
)
def test_a_silent_or_disconnected_ingest_is_not_ready(
    app: Flask, age: timedelta, broker_state: str
) -> None:
    _beat(age=age, broker_state=broker_state)

    assert _checks(app)[1]["ingest-0"]["ok"] is False


def test_prometheus_reads_each_check(app: Flask) -> None:
    _beat(age=timedelta(seconds=1))

    text = app.test_client().get("/metrics").get_data(as_text=True)

    assert 'hub_check_ok{check="ingest-0"} 1.0' in text
    assert 'hub_check_ok{check="worker"} 0.0' in text
    assert "hub_outbox_age_seconds" in text
