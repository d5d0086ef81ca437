"""The simulator's own connection: a real client that publishes at least once."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from smartcity.mqtt import KEEPALIVE_S, BrokerAddress, new_publisher
from smartcity.simulator.flood_2020 import Outlet

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
