"""The simulators as processes that publish until told to stop."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import Final

from hub import clock
from smartcity.domain.topics import TopicKind, topic_for
from smartcity.mqtt import KEEPALIVE_S, BrokerAddress, new_publisher
from smartcity.simulator.devices import all_devices
from smartcity.simulator.flood_2020 import Outlet, run_flood

UNACKNOWLEDGED: Final = 2_000
LEAVE_WITHIN_S: Final = 10.0


@contextmanager
def outlet(address: BrokerAddress, client_id: str) -> Iterator[Outlet]:
    """Connect, lend a way to publish, and leave once everything is acknowledged.

    Raises:
        OSError: the broker cannot be reached.
    """
    client = new_publisher(address, client_id)
    client.connect(address.host, address.port, KEEPALIVE_S)
    client.loop_start()
    pending = []

    def publish(topic: str, payload: bytes) -> None:
        pending.append(client.publish(topic, payload, qos=1))
        if len(pending) > UNACKNOWLEDGED:
            # Without a bound a slow broker would fill our memory.
            pending.pop(0).wait_for_publish(LEAVE_WITHIN_S)
            pending[:] = [info for info in pending if not info.is_published()]

    try:
        yield publish
        deadline = time.monotonic() + LEAVE_WITHIN_S
        for info in pending:
            info.wait_for_publish(max(0.0, deadline - time.monotonic()))
    finally:
        client.disconnect()
        client.loop_stop()


SLICE_S: Final = 0.02
PROPERTY: Final = "load"


def run_load(
    publish: Outlet, clock: Callable[[], datetime], rate: float, stopping: threading.Event
) -> int:
    """Publish `rate` messages per second until `stopping` is set; returns how many."""
    topics = [
        topic_for(spec.unit_code, spec.code, TopicKind.TELEMETRY)
        for spec in all_devices()
        if spec.properties
    ]
    start = time.monotonic()
    sent = 0
    for turn in count(1):
        due = int((time.monotonic() - start) * rate)
        for number in range(sent, due):
            publish(topics[number % len(topics)], _payload(clock(), number))
        sent = max(sent, due)
        if stopping.wait(max(0.0, start + turn * SLICE_S - time.monotonic())):
            break
    return sent


def _payload(at: datetime, number: int) -> bytes:
    value = number % 1000 / 10
    text = f'{{"observed_at":"{at.isoformat()}","values":{{"{PROPERTY}":{value}}},"drill":true}}'
    return text.encode()


logger = logging.getLogger(__name__)


def simulate_flood(mqtt_url: str, speed: float, *, is_demo: bool = False) -> None:
    """Replay the flood of October 2020 as a drill until its end, or until told to stop."""
    with outlet(BrokerAddress.parse(mqtt_url), _client_id("flood")) as publish:
        run_flood(publish, clock.now, speed, _stopping(), is_demo=is_demo)


def simulate_load(mqtt_url: str, rate: float) -> None:
    """Publish a steady load until told to stop."""
    with outlet(BrokerAddress.parse(mqtt_url), _client_id("load")) as publish:
        sent = run_load(publish, clock.now, rate, _stopping())
    logger.info("published %s messages", sent)


def _client_id(what: str) -> str:
    # Two simulators at once must not take each other's session.
    return f"nhipcau-{what}-{os.getpid()}"


def _stopping() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping
