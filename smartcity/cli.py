"""Commands of the smart-city half, as plain functions; `hub.cli` gives them their names.

Each expects an app context, which carries the database.
"""

import logging
import os
import signal
import threading

from hub import clock
from hub.db import transaction
from smartcity.ingest.loop import IngestLoop, SlotOptions, watch
from smartcity.mqtt import BrokerAddress
from smartcity.simulator.flood_2020 import run_flood
from smartcity.simulator.load import run_load
from smartcity.simulator.outlet import outlet

logger = logging.getLogger(__name__)


def run_ingest(mqtt_url: str, slot: int, slot_count: int = 1, *, is_demo_broker: bool) -> None:
    """Run one ingest slot until SIGTERM or SIGINT; the batch in hand is finished first."""
    kind = "amqtt" if is_demo_broker else "mqtt"
    options = SlotOptions(slot, slot_count, is_mqtt5=not is_demo_broker, broker_kind=kind)
    loop = IngestLoop(BrokerAddress.parse(mqtt_url), options, transaction, clock.now)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.stop())
    # A stuck thread cannot be ended from within; supervision starts the process again.
    watch(loop, lambda: os._exit(70))
    logger.info("ingest slot %s starts", slot)
    loop.run()


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
