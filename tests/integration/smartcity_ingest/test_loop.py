import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from paho.mqtt.client import Client
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from hub import clock
from hub.embedded_broker import find_mosquitto
from smartcity.ingest.loop import IngestLoop, SlotOptions
from smartcity.models import Alert, DeadLetter, IngestSlot, Observation
from smartcity.mqtt import BrokerAddress, new_publisher
from tests.integration.smartcity_ingest.conftest import Place
from tests.services.mosquitto import start_mosquitto
from tests.services.shared import Service, stop

pytestmark = pytest.mark.broker
MESSAGES = 3000


@pytest.fixture
def broker() -> Iterator[Service]:
    """A broker of this test alone: every slot listens to all of `city/#`."""
    service = start_mosquitto()
    yield service
    stop(service)


def wait_until(is_true: Callable[[], bool], patience_s: float = 40) -> None:
    deadline = time.monotonic() + patience_s
    while not is_true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@contextmanager
def running(place: Place, broker: Service, options: SlotOptions) -> Iterator[IngestLoop]:
    address = BrokerAddress.parse(broker.url)
    loop = IngestLoop(address, options, place.open_transaction, clock.now)
    thread = threading.Thread(target=loop.run)
    thread.start()
    try:
        wait_until(lambda: loop.is_ready)
        yield loop
    finally:
        loop.stop()
        thread.join(timeout=20)
    assert not thread.is_alive()


@contextmanager
def publisher(broker: Service) -> Iterator[Client]:
    address = BrokerAddress.parse(broker.url)
    client = new_publisher(address, f"test-{os.getpid()}")
    client.connect(address.host, address.port)
    client.loop_start()
    yield client
    client.disconnect()
    client.loop_stop()


def reading(number: int) -> bytes:
    at = clock.now() - timedelta(hours=1) + timedelta(milliseconds=number)
    return json.dumps({"observed_at": at.isoformat(), "values": {"water_level": 0.5}}).encode()


@pytest.mark.parametrize("is_mqtt5", [True, False])
def test_messages_become_rows_and_bad_ones_stop_nothing(
    place: Place, broker: Service, is_mqtt5: bool
) -> None:
    with (
        running(place, broker, SlotOptions(is_mqtt5=is_mqtt5)) as loop,
        publisher(broker) as client,
    ):
        for number in range(50):
            client.publish("city/457/tram/telemetry", reading(number), qos=1)
            client.publish("city/457/tram/telemetry", b"\xff" * number, qos=number % 3)
        wait_until(lambda: loop.message_count >= 100)

    assert place.count(Observation) == 50
    assert place.count(DeadLetter) == 50


def test_the_heartbeat_goes_on_without_any_message(place: Place, broker: Service) -> None:
    with running(place, broker, SlotOptions(slot=3)) as loop:
        before = loop.progress_at
        wait_until(lambda: loop.progress_at > before)
        time.sleep(2.2)

    row = place.session.get(IngestSlot, 3)
    assert row is not None
    assert row.broker_state == "connected"
    assert row.pid == os.getpid()


def test_messages_sent_while_away_are_kept(place: Place, broker: Service) -> None:
    with running(place, broker, SlotOptions()):
        pass
    with publisher(broker) as client:
        infos = [client.publish("city/457/tram/telemetry", reading(n), qos=1) for n in range(200)]
        for info in infos:
            info.wait_for_publish(10)

    with running(place, broker, SlotOptions()) as loop:
        wait_until(lambda: loop.message_count >= 200)

    assert place.count(Observation) == 200


def test_a_broker_that_restarts_is_found_again(place: Place, broker: Service) -> None:
    config = f"{broker.folder}/mosquitto.conf"
    with running(place, broker, SlotOptions()) as loop:
        os.kill(broker.pid, 15)
        wait_until(lambda: not loop.is_ready)
        with subprocess.Popen([str(find_mosquitto()), "-c", config], cwd="/") as again:
            try:
                wait_until(lambda: loop.is_ready)
                with publisher(broker) as client:
                    client.publish("city/457/tram/telemetry", reading(1), qos=1)
                    wait_until(lambda: loop.message_count >= 1)
            finally:
                again.terminate()

    assert place.count(Observation) == 1


def test_two_slots_share_the_work_and_miss_nothing(place: Place, broker: Service) -> None:
    other = Session(place.session.get_bind(), expire_on_commit=False)
    second = replace(place, session=other)
    with (
        running(place, broker, SlotOptions(0, 2)) as left,
        running(second, broker, SlotOptions(1, 2)) as right,
        publisher(broker) as client,
    ):
        for number in range(400):
            client.publish("city/457/tram/telemetry", reading(number), qos=1)
        wait_until(lambda: left.message_count + right.message_count >= 400)
        assert left.message_count
        assert right.message_count
    other.close()

    assert place.count(Observation) == 400


def test_a_database_that_stumbles_costs_no_message(place: Place, broker: Service) -> None:
    with running(place, broker, SlotOptions()) as loop, publisher(broker) as client:
        for turn in range(4):
            for number in range(100):
                body = reading(turn * 100_000 + number)
                client.publish("city/457/tram/telemetry", body, qos=1)
            _disturb(place.url)
        wait_until(lambda: loop.message_count >= 400)

    assert place.count(Observation) == 400
    assert place.count(DeadLetter) == 0


def _disturb(url: str) -> None:
    """End every other connection of PostgreSQL; keep SQLite locked for a moment."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        else:
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
            time.sleep(0.2)
            connection.exec_driver_sql("ROLLBACK")
    engine.dispose()


def test_killing_the_process_loses_nothing_and_doubles_nothing(
    place: Place, broker: Service
) -> None:
    arguments = (place.url, broker.url, "0")
    command = [sys.executable, "-m", "tests.integration.smartcity_ingest.slot", *arguments]
    worker = subprocess.Popen(command)
    # What is published before the first subscription reaches nobody, and no kill lost it.
    wait_until(lambda: _is_subscribed(place))
    with publisher(broker) as client:
        sending = threading.Thread(target=_send_all, args=(client,))
        sending.start()
        for _ in range(4):
            time.sleep(random.uniform(0.2, 0.9))
            worker.kill()
            worker.wait()
            worker = subprocess.Popen(command)
        sending.join()
    try:
        wait_until(lambda: place.count(Observation) >= MESSAGES)
    finally:
        worker.terminate()
        worker.wait(timeout=20)

    assert place.count(Observation) == MESSAGES
    assert place.count(DeadLetter) == 0
    assert place.count(Alert) == 0


def _is_subscribed(place: Place) -> bool:
    with place.open_transaction() as session:
        return session.scalar(select(IngestSlot.broker_state)) == "connected"


def _send_all(client: Client) -> None:
    infos = []
    for number in range(MESSAGES):
        infos.append(client.publish("city/457/tram/telemetry", reading(number * 7), qos=1))
        if number % 50 == 0:
            time.sleep(0.04)
    for info in infos:
        info.wait_for_publish(30)
