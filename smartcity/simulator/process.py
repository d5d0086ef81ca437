"""The simulators as processes that publish until told to stop."""

import logging
import os
import signal
import threading

from hub import clock
from smartcity.mqtt import BrokerAddress
from smartcity.simulator.flood_2020 import run_flood
from smartcity.simulator.load import run_load
from smartcity.simulator.outlet import outlet

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
