"""The shipped systemd units: their own command lines, and what systemd says of them."""

import json
import subprocess
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from smartcity.models import IngestSlot, Observation
from smartcity.mqtt import BrokerAddress, new_publisher
from tests.integration.deploy.conftest import Settle
from tests.integration.deploy.shipped import DEPLOY, command_of, running, until

MESSAGES = 200
START = datetime(2020, 10, 18, tzinfo=UTC)
PERMITTED = "Command /opt/nhipcau/bin/hub is not executable"


@pytest.mark.broker
def test_two_ingest_units_share_the_messages(
    settle: Settle, fresh_postgres_url: str, mosquitto_url: str
) -> None:
    settings = settle(fresh_postgres_url, HUB_MQTT_URL=mosquitto_url, HUB_INGEST_SLOTS="2")
    engine = create_engine(fresh_postgres_url)
    with ExitStack() as stack:
        for slot in ("0", "1"):
            command = command_of("nhipcau-ingest@.service", slot)
            stack.enter_context(running(command, settings))
        until(lambda: _listening(engine) == 2, "both slots are connected")
        _publish(mosquitto_url)
        until(lambda: _stored(engine) == MESSAGES, "everything is stored")
        shares = _shares(engine)
    assert sum(shares) == MESSAGES, "every message was taken in once"
    assert min(shares) > 0, "both slots had a share"
    engine.dispose()


def _publish(url: str) -> None:
    address = BrokerAddress.parse(url)
    client = new_publisher(address, "deploy-test")
    client.connect(address.host, address.port)
    client.loop_start()
    for number in range(MESSAGES):
        body = {
            "observed_at": (START + timedelta(minutes=number)).isoformat(),
            "values": {"water_level": 1.0},
        }
        topic = "city/19249/tram-le-thuy/telemetry"
        client.publish(topic, json.dumps(body), qos=1).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


def _listening(engine: object) -> int:
    with Session(engine) as session:  # type: ignore[arg-type]
        connected = select(func.count()).where(IngestSlot.broker_state == "connected")
        return session.scalar(connected) or 0


def _stored(engine: object) -> int:
    with Session(engine) as session:  # type: ignore[arg-type]
        mine = select(func.count()).where(
            Observation.observed_at >= START,
            Observation.observed_at < START + timedelta(minutes=MESSAGES),
        )
        return session.scalar(mine) or 0


def _shares(engine: object) -> list[int]:
    shares: list[int] = []

    def are_counted() -> bool:
        with Session(engine) as session:  # type: ignore[arg-type]
            shares[:] = session.scalars(select(IngestSlot.message_count)).all()
        return sum(shares) >= MESSAGES

    until(are_counted, "both slots have told their counts")
    return shares


def test_a_slot_beyond_the_number_of_slots_is_refused(
    settle: Settle, fresh_sqlite_url: str
) -> None:
    settings = settle(fresh_sqlite_url, HUB_INGEST_SLOTS="2")
    with running(command_of("nhipcau-ingest@.service", "2"), settings) as process:
        assert process.wait(timeout=30) == 1


@pytest.mark.parametrize("unit", sorted(path.name for path in (DEPLOY / "systemd").iterdir()))
def test_systemd_finds_nothing_wrong_with_a_unit(unit: str, tmp_path: Path) -> None:
    for path in (DEPLOY / "systemd").iterdir():
        (tmp_path / path.name).write_text(path.read_text())
    named = tmp_path / unit.replace("@", "@0")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(named)],
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if "nhipcau" in line]
    assert [line for line in said if PERMITTED not in line] == []
