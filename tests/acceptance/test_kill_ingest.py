"""kill -9 of ingest, twenty times, under 1,000 messages a second."""

import logging
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

import hub.accounts.models  # noqa: F401 - alerts refer to its table
from hub.access.models import OrgUnit
from hub.clock import now
from hub.db import engine_options, install_sqlite_rules, transaction
from hub.journal import JournalEntry
from hub.main.run.programs import hub_command
from smartcity.models import (
    AlarmMarks,
    Alert,
    AlertStep,
    DeadLetter,
    Detection,
    Device,
    IngestSlot,
    Observation,
    QuarantinedDevice,
    Rule,
    Series,
)
from tests.acceptance.deadline import until
from tests.acceptance.ledger import Ledger
from tests.conftest import SECRET
from tests.services.choice import skip_if_left_out
from tests.services.mosquitto import start_mosquitto
from tests.services.shared import Service, stop

DEVICES = 20
KILLS = 20
START_PATIENCE = 60.0
DRAIN_PATIENCE = 180.0
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Stage:
    """A database with devices and rules, and the ingest process that is killed again and again."""

    session: Session
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start ``hub ingest`` as the supervisor does."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                hub_command("ingest", "--slot", "0"), env=self.environment, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()[-2000:]
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def works(self) -> bool:
        """Whether the present process has stored something."""
        assert self.process is not None
        with transaction(self.session) as session:
            query = select(IngestSlot.message_count).where(IngestSlot.pid == self.process.pid)
            return bool(session.scalar(query))

    def stored(self) -> int:
        """How many messages have become rows."""
        with transaction(self.session) as session:
            counted = select(func.count()).select_from(Observation).join(Series)
            telemetry = session.scalar(counted.where(Series.prop == "seq")) or 0
            return telemetry + (session.scalar(select(func.count(Detection.id))) or 0)


@pytest.fixture
def broker() -> Iterator[Service]:
    """A mosquitto of this test alone: ingest listens to all of it, under a fixed name."""
    skip_if_left_out("mosquitto")
    service = start_mosquitto()
    yield service
    stop(service)


@pytest.fixture
def stage(database_url: str, broker: Service, tmp_path: Path) -> Iterator[Stage]:
    """Everything ready, ingest not yet started."""
    engine = create_engine(database_url, **engine_options(database_url))
    install_sqlite_rules(engine)
    session = Session(engine, expire_on_commit=False)
    with transaction(session):
        settle(session)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    ours = {
        "HUB_DATABASE_URL": database_url,
        "HUB_MQTT_URL": broker.url,
        "HUB_INSTANCE_DIR": str(tmp_path),
        "HUB_SECRET_KEY": SECRET,
    }
    made = Stage(session, {**kept, **ours}, tmp_path / "ingest.log")
    yield made
    if made.process is not None and made.process.poll() is None:
        made.kill()
    session.close()
    engine.dispose()


def settle(session: Session) -> None:
    """One district, gauges with alarm marks, a rule for the highest mark, one for detections."""
    at = now()
    unit = OrgUnit(code="457", level="district", name="Lệ Thủy", name_fold="le thuy")
    unit.path, unit.valid_from = "/1/", at.date().replace(year=2020)
    session.add(unit)
    session.flush()
    for number in range(DEVICES):
        code = f"may-{number}"
        device = Device(code=code, name=code, name_fold=code, kind="river_gauge", unit_id=unit.id)
        device.created_at = device.updated_at = at
        session.add(device)
        session.flush()
        session.add(AlarmMarks(device_id=device.id, bd1=1.2, bd2=2.2, bd3=2.7, basis=""))
    bd3 = Rule(code="bd3", name="BĐ3", kind="alarm_mark", severity="critical", mark=3)
    seen = Rule(code="ngap", name="Ngập", kind="detection", severity="medium", label="flooded_road")
    for rule in (bd3, seen):
        rule.unit_id, rule.updated_at = unit.id, at
    session.add_all([bd3, seen])


@pytest.mark.broker
@pytest.mark.timeout(600)
def test_every_acknowledged_message_is_stored_once(stage: Stage, broker: Service) -> None:
    seed = random.SystemRandom().randrange(2**32)
    moments = random.Random(seed)
    logger.info("seed %s", seed)
    stage.start()
    # The broker keeps messages for a slot it has met; before that there is nobody to keep them for.
    until(lambda: slot_is_connected(stage), START_PATIENCE, "ingest has subscribed")
    ledger = Ledger(broker.url, DEVICES)
    begun = time.monotonic()
    ledger.start()
    try:
        for number in range(KILLS):
            # Every fourth dies while it starts, the others at work.
            if number % 4:
                until(stage.works, START_PATIENCE, "the new ingest process stores messages")
            time.sleep(moments.uniform(0.0, 1.0))
            stage.kill()
            stage.start()
    finally:
        ledger.stop(until)
    logger.info("%s kills in %.1f s", KILLS, time.monotonic() - begun)
    until(lambda: stage.stored() >= ledger.sent, DRAIN_PATIENCE, "everything is stored", every=0.5)
    logger.info("%s messages stored after %.1f s", ledger.sent, time.monotonic() - begun)

    check_rows(stage.session, ledger, seed)
    check_alerts(stage.session, ledger, seed)


def slot_is_connected(stage: Stage) -> bool:
    with transaction(stage.session) as session:
        query = select(IngestSlot).where(IngestSlot.broker_state == "connected")
        return session.scalar(query) is not None


def check_rows(session: Session, ledger: Ledger, seed: int) -> None:
    with transaction(session):
        numbers = [
            int(value)
            for value in session.scalars(
                select(Observation.value).join(Series).where(Series.prop == "seq")
            )
        ]
        seen = [int(one[2:]) for one in session.scalars(select(Detection.external_id))]
        refused = session.scalars(select(DeadLetter.reason)).all()
        unknown = session.scalars(select(QuarantinedDevice.device_code)).all()
        levels = session.scalar(
            select(func.count()).select_from(Observation).join(Series)
            .where(Series.prop == "water_level")
        )  # fmt: skip
    again = [number for number, count in Counter(numbers + seen).items() if count > 1]
    assert again == [], f"stored twice, seed {seed}"
    assert ledger.acknowledged - set(numbers) - set(seen) == set(), f"lost, seed {seed}"
    assert set(seen) == {n for n in range(ledger.sent) if ledger.is_detection(n)}
    assert levels == len(numbers)
    assert (refused, unknown) == ([], [])


def check_alerts(session: Session, ledger: Ledger, seed: int) -> None:
    with transaction(session):
        by_device = Counter(
            session.scalars(select(Alert.device_id).where(Alert.kind == "alarm_mark"))
        )
        raised = Counter(
            session.scalars(
                select(AlertStep.alert_id)
                .join(Alert, Alert.id == AlertStep.alert_id)
                .where(AlertStep.verb == "raised")
            )
        )
        alerts = session.scalars(select(Alert)).unique().all()
        told = session.scalar(
            select(func.count()).select_from(JournalEntry)
            .where(JournalEntry.kind == "alert.raised")
        )  # fmt: skip
        detections = sum(one.repeat_count for one in alerts if one.kind == "detection")
    assert set(by_device.values()) == {1}, f"seed {seed}"
    assert len(by_device) == DEVICES
    assert set(raised.values()) == {1}, f"seed {seed}"
    assert len(raised) == len(alerts) == told, f"seed {seed}"
    assert detections == len([n for n in range(ledger.sent) if ledger.is_detection(n)])
