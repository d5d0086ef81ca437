"""A province with devices and rules, on each kind of database, and the writer over it."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

import hub.accounts.models  # noqa: F401 - alerts refer to its table
from hub.access.models import OrgUnit
from hub.db import engine_options, install_sqlite_rules, transaction
from smartcity.ingest.catalogue import load_devices, restore_closed, restore_states
from smartcity.ingest.registry import Registry
from smartcity.ingest.writer import Writer
from smartcity.models import AlarmMarks, Alert, Device, Rule
from smartcity.mqtt import Message

NOW = datetime(2020, 10, 19, tzinfo=UTC)


@dataclass
class Place:
    """The database of one test and a writer that has just started."""

    url: str
    session: Session
    registry: Registry
    writer: Writer

    def open_transaction(self) -> AbstractContextManager[Session]:
        return transaction(self.session)

    def restart(self) -> None:
        """A new process: memory is gone and rebuilt from the database."""
        self.registry, self.writer = new_writer(self.session)

    def count(self, model: type) -> int:
        with self.open_transaction() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    def alerts(self) -> list[Alert]:
        with self.open_transaction() as session:
            query = select(Alert).order_by(Alert.id).execution_options(populate_existing=True)
            return list(session.scalars(query).unique())

    def tell(self, *messages: Message) -> None:
        self.writer.write(list(messages))


def new_writer(session: Session) -> tuple[Registry, Writer]:
    registry = Registry()
    with transaction(session):
        registry.replace_devices(load_devices(session))
        restore_closed(session, registry)
        restore_states(session, registry)
    return registry, Writer(registry, lambda: transaction(session), lambda: NOW)


@pytest.fixture
def place(database_url: str) -> Iterator[Place]:
    engine = create_engine(database_url, **engine_options(database_url))
    install_sqlite_rules(engine)
    session = Session(engine, expire_on_commit=False)
    with transaction(session):
        settle(session)
    registry, writer = new_writer(session)
    yield Place(database_url, session, registry, writer)
    session.close()
    engine.dispose()


def settle(session: Session) -> None:
    """One district, a river station with marks, a camera, a power device, and rules for each."""
    unit = OrgUnit(code="457", level="district", name="Lệ Thủy", name_fold="le thuy")
    unit.path, unit.valid_from = "/1/", date(2020, 2, 1)
    session.add(unit)
    session.flush()
    kinds = {"tram": "river_gauge", "cam": "camera", "nguon": "site_power"}
    devices = {
        code: Device(code=code, name=code.title(), name_fold=code, kind=kind, unit_id=unit.id)
        for code, kind in kinds.items()
    }
    for device in devices.values():
        device.created_at = device.updated_at = NOW
    session.add_all(devices.values())
    session.flush()
    session.add(AlarmMarks(device_id=devices["tram"].id, bd1=1.2, bd2=2.2, bd3=2.7, basis=""))
    for mark, severity in ((1, "medium"), (2, "high"), (3, "critical")):
        add_rule(session, unit, f"bd{mark}", "alarm_mark", severity, mark=mark, hysteresis=0.05)
    add_rule(
        session, unit, "mat-dien", "threshold", "high",
        device_kind="site_power", prop="mains", direction="below", raise_at=0.5, clear_at=0.5,
    )  # fmt: skip
    add_rule(session, unit, "ngap", "detection", "high", label="flooded_road", min_score=0.8)


def add_rule(
    session: Session, unit: OrgUnit, code: str, kind: str, severity: str, **values: object
) -> None:
    rule = Rule(code=code, name=f"Luật {code}", kind=kind, severity=severity, **values)
    rule.unit_id, rule.updated_at = unit.id, NOW
    session.add(rule)


Tell = Callable[..., Message]


def level(
    metres: float, minute: float = 0, *, is_retained: bool = False, drill: bool = False
) -> Message:
    """A reading of the river station, `minute` minutes after NOW."""
    at = NOW + timedelta(minutes=minute)
    body = {"observed_at": at.isoformat(), "values": {"water_level": metres}, "drill": drill}
    return raw("city/457/tram/telemetry", json.dumps(body), at, is_retained=is_retained)


def raw(
    topic: str, payload: str | bytes, at: datetime = NOW, *, is_retained: bool = False
) -> Message:
    body = payload.encode() if isinstance(payload, str) else payload
    return Message(topic, body, at, is_retained=is_retained)


def sighting(number: int, label: str = "flooded_road", score: float = 0.9) -> Message:
    body = {"id": f"d-{number}", "observed_at": NOW.isoformat(), "label": label, "score": score}
    return raw("city/457/cam/detection", json.dumps(body))
