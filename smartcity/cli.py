"""Commands of the smart-city half, as plain functions; `hub.cli` gives them their names.

Each expects an app context, which carries the database.
"""

import logging
import os
import signal

from hub import clock
from hub.db import transaction
from smartcity.ingest.loop import IngestLoop, SlotOptions, watch
from smartcity.mqtt import BrokerAddress

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
