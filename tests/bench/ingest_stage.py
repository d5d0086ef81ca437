"""What the ingest benchmarks stand on: a database with devices, and a broker."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

import hub.accounts.models  # noqa: F401 - alerts refer to its table
from hub import clock
from hub.access.models import OrgUnit
from hub.db import engine_options, install_sqlite_rules, transaction
from smartcity.ingest.loop import IngestLoop, SlotOptions
from smartcity.models import Device, Rule
from smartcity.mqtt import BrokerAddress
from tests.services.migrate import migrate
from tests.services.mosquitto import start_mosquitto
from tests.services.postgres import Server, start_cluster
from tests.services.shared import Service, stop

DEVICES: Final = 200
UNIT_CODE: Final = "44"


@dataclass(frozen=True, slots=True)
class Stage:
    """An empty database with devices, and how to write to it."""

    name: str
    open_transaction: Callable[[], AbstractContextManager[Session]]
    session: Session


@contextmanager
def sqlite_stage() -> Iterator[Stage]:
    """SQLite on disk, `synchronous=FULL` as in production."""
    with (
        tempfile.TemporaryDirectory(prefix="nhipcau-bench-") as folder,
        stage_on("SQLite", f"sqlite:///{Path(folder) / 'bench.db'}") as stage,
    ):
        yield stage


@contextmanager
def postgres_stage() -> Iterator[Stage]:
    """A PostgreSQL cluster of its own with its default durability."""
    service = start_cluster(("shared_buffers=128MB", "max_wal_size=2GB", "timezone=UTC"))
    try:
        with tempfile.TemporaryDirectory(prefix="nhipcau-bench-") as folder:
            url = Server(service.url, Path(folder)).empty_database()
            with stage_on("PostgreSQL", url) as stage:
                yield stage
    finally:
        stop(service)


@contextmanager
def stage_on(name: str, url: str) -> Iterator[Stage]:
    """Migrate the database and register the devices."""
    migrate(url)
    engine = create_engine(url, **engine_options(url))
    install_sqlite_rules(engine)
    session = Session(engine, expire_on_commit=False)
    with transaction(session):
        add_devices(session)
    try:
        yield Stage(name, lambda: transaction(session), session)
    finally:
        session.close()
        engine.dispose()


def add_devices(session: Session) -> None:
    """One unit, the devices, and one rule that watches every one of them."""
    now = clock.now()
    unit = OrgUnit(
        code=UNIT_CODE,
        level="province",
        name="Tỉnh",
        name_fold="tinh",
        path="/1/",
        valid_from=date(2020, 2, 1),
    )
    session.add(unit)
    session.flush()
    rows = [
        {
            "code": f"may-{number}",
            "name": f"Máy {number}",
            "name_fold": f"may {number}",
            "kind": "river_gauge",
            "unit_id": unit.id,
            "created_at": now,
            "updated_at": now,
        }
        for number in range(DEVICES)
    ]
    session.execute(insert(Device), rows)
    rule = Rule(code="muc-cao", name="Mức cao", kind="threshold", severity="high")
    rule.unit_id, rule.prop, rule.raise_at, rule.clear_at = unit.id, "water_level", 100.0, 90.0
    rule.updated_at = now
    session.add(rule)


@contextmanager
def broker() -> Iterator[BrokerAddress]:
    """A mosquitto configured as the product configures its own."""
    service: Service = start_mosquitto()
    try:
        yield BrokerAddress.parse(service.url)
    finally:
        stop(service)


def new_loop(stage: Stage, address: BrokerAddress) -> IngestLoop:
    """An ingest slot on this stage."""
    return IngestLoop(address, SlotOptions(), stage.open_transaction, clock.now)
