"""Ingest: messages per second, delay to the durable row, alert transitions per second."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from hub import clock
from smartcity.ingest.catalogue import load_devices
from smartcity.ingest.loop import IngestLoop
from smartcity.ingest.registry import Registry
from smartcity.ingest.writer import Writer
from smartcity.models import AlertStep, Observation
from smartcity.mqtt import BrokerAddress, Message
from tests.bench.ingest_publisher import payload
from tests.bench.ingest_stage import (
    DEVICES,
    UNIT_CODE,
    Stage,
    broker,
    new_loop,
    postgres_stage,
    sqlite_stage,
)
from tests.bench.row import Row, median_row

RUNS: Final = 3
BURST: Final = 60_000
PACED: Final = 20_000
PACED_RATE: Final = 4_000
TRANSITIONS: Final = 5_000

StageMaker = Callable[[], AbstractContextManager[Stage]]


def measure() -> list[Row]:
    """All figures of the ingest path on both databases."""
    rows = []
    for make_stage in (sqlite_stage, postgres_stage):
        with make_stage() as stage, broker() as address:
            rates = [sustained_rate(stage, address) for _ in range(RUNS)]
            delays = [delay_p99_ms(stage, address) for _ in range(RUNS)]
            changes = [transitions_per_second(stage) for _ in range(RUNS)]
        rows += [
            median_row(
                "MQTT to durable row",
                stage.name,
                rates,
                "msg/s",
                target=10_000,
                note=f"{BURST:,} messages flat out",
                better="higher",
            ),
            median_row(
                "publish to row, p99",
                stage.name,
                delays,
                "ms",
                target=15,
                note=f"at {PACED_RATE:,} msg/s, after a second of warm-up",
            ),
            median_row(
                "alert transitions",
                stage.name,
                changes,
                "1/s",
                target=1_500,
                note="raise, repeat, clear; batches of 50",
                better="higher",
            ),
        ]
    return rows


def sustained_rate(stage: Stage, address: BrokerAddress) -> float:
    """Durable rows per second from the first to the last row, publisher running beside."""
    before = _rows(stage)
    times: list[float] = []
    loop = new_loop(stage, address)
    _observe(loop, lambda messages: times.append(time.perf_counter()))
    with running(loop), publishing(address, BURST, 0):
        _wait_until(lambda: loop.message_count >= BURST)
    assert _rows(stage) - before == BURST, "every message is a row of its own"
    return BURST / (times[-1] - times[0])


def delay_p99_ms(stage: Stage, address: BrokerAddress) -> float:
    """From the moment in the payload to the return of the commit."""
    delays: list[float] = []

    def note(messages: list[Message]) -> None:
        now = clock.now()
        delays.extend((now - _published_at(m)).total_seconds() * 1000 for m in messages)

    loop = new_loop(stage, address)
    _observe(loop, note)
    with running(loop), publishing(address, PACED, PACED_RATE):
        _wait_until(lambda: loop.message_count >= PACED)
    # The first second starts the publisher's process and fills caches.
    settled = sorted(delays[PACED_RATE:])
    return settled[int(len(settled) * 0.99)]


def _published_at(message: Message) -> datetime:
    # A whole second is written without its fraction, so the length varies.
    return datetime.fromisoformat(message.payload[16:].partition(b'"')[0].decode())


def transitions_per_second(stage: Stage) -> float:
    """Raise, repeat and clear at every device in turn, through the whole writer."""
    registry = Registry()
    with stage.open_transaction() as session:
        registry.replace_devices(load_devices(session))
        before = session.scalar(select(func.count(AlertStep.id))) or 0
    writer = Writer(registry, stage.open_transaction, clock.now)
    messages = list(_swings(clock.now()))
    start = time.perf_counter()
    for first in range(0, len(messages), 50):
        writer.write(messages[first : first + 50])
    elapsed = time.perf_counter() - start
    with stage.open_transaction() as session:
        steps = (session.scalar(select(func.count(AlertStep.id))) or 0) - before
    assert steps >= TRANSITIONS * 0.6, "raises and clears are steps, repeats only count"
    return TRANSITIONS / elapsed


def _swings(start: datetime) -> Iterator[Message]:
    for number in range(TRANSITIONS):
        turn = number // DEVICES
        value = (150.0, 151.0, 10.0)[turn % 3]
        topic = f"city/{UNIT_CODE}/may-{number % DEVICES}/telemetry"
        at = start + timedelta(milliseconds=turn)
        yield Message(topic, payload(at, value), clock.now(), qos=0)


def _observe(loop: IngestLoop, note: Callable[[list[Message]], None]) -> None:
    write = loop.writer.write

    def noted(messages: list[Message]) -> None:
        write(messages)
        note(messages)

    loop.writer.write = noted  # type: ignore[method-assign]


@contextmanager
def running(loop: IngestLoop) -> Iterator[None]:
    """The loop in a thread of its own; alone in it, as in its process."""
    thread = threading.Thread(target=loop.run)
    thread.start()
    try:
        _wait_until(lambda: loop.is_ready)
        yield
    finally:
        loop.stop()
        thread.join(timeout=30)


@contextmanager
def publishing(address: BrokerAddress, count: int, rate: float) -> Iterator[None]:
    """The publisher as a process of its own."""
    arguments = (str(address.port), str(count), str(rate))
    command = [sys.executable, "-m", "tests.bench.ingest_publisher", *arguments]
    with subprocess.Popen(command) as process:
        try:
            yield
        finally:
            process.wait(timeout=60)


def _rows(stage: Stage) -> int:
    with stage.open_transaction() as session:
        return session.scalar(select(func.count()).select_from(Observation)) or 0


def _wait_until(is_true: Callable[[], bool], patience_s: float = 120) -> None:
    deadline = time.monotonic() + patience_s
    while not is_true():
        assert time.monotonic() < deadline, "too slow"
        time.sleep(0.01)


if __name__ == "__main__":
    for row in measure():
        sys.stdout.write(f"{row}\n")
