"""The watched addresses tell the truth on both databases."""

import shutil
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from hub import clock
from hub.db import db, transaction
from hub.health.beats import WORKER, beat
from hub.main.app import create_app
from hub.main.scheduler import leadership
from hub.outbox import Letter, enqueue
from smartcity.models import IngestSlot
from tests.conftest import SettingsFactory
from tests.services.free_port import free_port


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


def test_a_beat_in_the_future_is_no_sign_of_life(app: Flask) -> None:
    _beat(age=timedelta(seconds=1))
    with time_machine.travel(clock.now() + timedelta(hours=1)), transaction() as session:
        beat(session, WORKER)

    with leadership(app.extensions["hub.settings"]) as leads:
        assert leads()
        status, checks = _checks(app)

    assert status == 503
    assert checks["worker"]["detail"] == "its last beat lies in the future"


def test_a_letter_that_was_given_up_is_an_alarm(app: Flask) -> None:
    with transaction() as session:
        lost = enqueue(session, Letter("a", "conference:1", "invitation", "an@x.vn", "Mời", "Mời"))
        lost.state = "failed"

    assert _checks(app)[1]["letters"] == {"ok": False, "detail": "1 given up this week"}


def test_a_disk_that_fills_up_is_told_before_it_is_full(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _checks(app)[1]["disk"]["ok"]
    nearly_full = type(shutil.disk_usage("/"))(10**11, 10**11 - 10**8, 10**8)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: nearly_full)

    assert _checks(app)[1]["disk"] == {"ok": False, "detail": "0.1 GB of 100.0 GB free"}
    figures = app.test_client().get("/metrics").text
    [free] = [line for line in figures.splitlines() if line.startswith("hub_disk_free_bytes{")]
    assert float(free.split()[1]) == 10**8


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


def test_a_database_that_is_away_gives_a_page_and_one_line_of_log(
    make_settings: SettingsFactory, capfd: pytest.CaptureFixture[str]
) -> None:
    away = f"postgresql+psycopg://hub:secret@127.0.0.1:{free_port()}/hub"
    made = create_app(make_settings(database_url=away))
    browser = made.test_client()
    browser.set_cookie("nhipcau_session", "x" * 40)

    response = browser.get("/")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "Tạm thời không phục vụ được" in response.text
    [line] = [line for line in capfd.readouterr().err.splitlines() if line.strip()]
    assert "database error on GET /" in line
    assert len(line) < 400
    assert "secret" not in line
