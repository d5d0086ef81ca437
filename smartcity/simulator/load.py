"""Steady load: registered devices of the demo report a property of their own, as a drill."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Final

from smartcity.domain.topics import TopicKind, topic_for
from smartcity.simulator.devices import all_devices
from smartcity.simulator.flood_2020 import Outlet

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
