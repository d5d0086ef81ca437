"""Two slots share the messages: what one knows and the other not yet must cost no alert."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.orm import Session

from hub.db import engine_options, transaction
from hub.health.beats import last_beat
from smartcity.ingest.catalogue import load_devices, restore_closed, restore_states
from smartcity.ingest.failures import RULES
from smartcity.ingest.registry import Registry
from smartcity.ingest.writer import Writer
from smartcity.models import Alert, Observation
from smartcity.mqtt import Message
from tests.integration.smartcity_ingest.conftest import (
    NOW,
    Place,
    level,
    new_writer,
    raw,
    settle,
    sighting,
)
from tests.services.postgres import wait_for_a_waiting_lock

PATIENCE_S = 20.0


def test_a_slot_that_has_not_heard_of_the_alert_raises_it_all_the_same(place: Place) -> None:
    _, late = new_writer(place.session)
    place.tell(level(1.5, 0))
    late.write([level(2.8, 1)])
    late.write([level(2.9, 2), level(3.1, 3)])

    (alert,) = place.alerts()
    assert (alert.severity, alert.mark, alert.value) == ("critical", 3, 3.1)


def test_a_lower_level_of_a_late_slot_does_not_lessen_it(place: Place) -> None:
    _, late = new_writer(place.session)
    place.tell(level(2.8, 0))
    late.write([level(1.5, 1)])

    (alert,) = place.alerts()
    assert (alert.severity, alert.mark) == ("critical", 3)


def mains(volts: float) -> Message:
    at = (NOW + timedelta(minutes=1)).isoformat()
    return raw(
        "city/457/nguon/telemetry", json.dumps({"observed_at": at, "values": {"mains": volts}})
    )


@dataclass
class Slots:
    """A province on PostgreSQL and slots over it, each with a connection of its own."""

    engine: Engine
    opened: list[Session] = field(default_factory=list)

    def session(self) -> Session:
        self.opened.append(Session(self.engine, expire_on_commit=False))
        return self.opened[-1]

    def writer(self, before_commit: Callable[[], None] = lambda: None) -> Writer:
        session = self.session()
        registry = Registry()
        with transaction(session):
            registry.replace_devices(load_devices(session))
            restore_closed(session, registry)
            restore_states(session, registry)

        @contextmanager
        def opened() -> Iterator[Session]:
            with transaction(session) as own:
                yield own
                before_commit()

        return Writer(registry, opened, lambda: NOW)


@pytest.fixture
def slots(fresh_postgres_url: str) -> Iterator[Slots]:
    engine = create_engine(fresh_postgres_url, **engine_options(fresh_postgres_url))
    session = Session(engine, expire_on_commit=False)
    with transaction(session):
        settle(session)
    session.close()
    slots = Slots(engine)
    yield slots
    for one in slots.opened:
        one.close()
    engine.dispose()


@pytest.mark.postgres
def test_two_slots_on_one_station_do_not_wait_for_each_other(slots: Slots) -> None:
    writers = [slots.writer(), slots.writer()]
    writers[0].write([level(0.5, 0)])
    together = threading.Barrier(2)

    @event.listens_for(slots.engine, "before_cursor_execute")
    def meet(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        # Both have inserted their observation; now both want the newest value of its series.
        if statement.startswith("WITH news"):
            together.wait(PATIENCE_S)

    def write(number: int) -> None:
        writers[number].write([level(0.5, 1 + number)])

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(write, range(2)))

    with slots.session() as session:
        assert session.scalar(select(func.count()).select_from(Observation)) == 3


@pytest.mark.postgres
def test_the_loser_of_a_race_keeps_the_other_alerts_of_its_batch(slots: Slots) -> None:
    is_racing, has_written = threading.Event(), threading.Event()

    def hold_back() -> None:
        if is_racing.is_set():
            has_written.set()
            wait_for_a_waiting_lock(slots.engine)

    def follow() -> None:
        assert has_written.wait(PATIENCE_S)
        second.write([sighting(2), level(2.8, 1), mains(0)])

    first, second = slots.writer(hold_back), slots.writer()
    # Both have just heard the camera, so neither has its row to update: they meet at the alert.
    for number, writer in enumerate((first, second)):
        writer.write([sighting(10 + number, score=0.1)])
    is_racing.set()
    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(first.write, [sighting(1)]), threads.submit(follow)]:
            done.result(PATIENCE_S)

    with slots.session() as session:
        alerts = session.scalars(select(Alert)).unique().all()
        found = {alert.device.code: (alert.severity, alert.repeat_count) for alert in alerts}
        assert found == {"cam": ("high", 2), "tram": ("critical", 1), "nguon": ("high", 1)}
        assert last_beat(session, RULES) is None
