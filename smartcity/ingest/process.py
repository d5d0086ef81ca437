"""One ingest slot as a process: its own engine, its signals, its watchdog.

It starts without the web application, whose import alone takes longer than all the rest.
"""

import logging
import os
import signal

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

import hub.accounts.models  # noqa: F401 - alerts refer to its table
from hub import clock
from hub.db import engine_options, install_sqlite_rules, transaction
from smartcity.ingest.loop import IngestLoop, SlotOptions, watch
from smartcity.mqtt import BrokerAddress

logger = logging.getLogger(__name__)


def run_ingest(
    database_url: str, mqtt_url: str, slot: int, slot_count: int = 1, *, is_demo_broker: bool
) -> None:
    """Run one ingest slot until SIGTERM or SIGINT; the batch in hand is finished first."""
    engine = create_engine(database_url, **engine_options(database_url))
    install_sqlite_rules(engine)
    session = Session(engine, expire_on_commit=False)
    kind = "amqtt" if is_demo_broker else "mqtt"
    loop = IngestLoop(
        BrokerAddress.parse(mqtt_url),
        SlotOptions(slot, slot_count, is_mqtt5=not is_demo_broker, broker_kind=kind),
        lambda: transaction(session),
        clock.now,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.stop())
    # A stuck thread cannot be ended from within; supervision starts the process again.
    watch(loop, lambda: os._exit(70))
    logger.info("ingest slot %s starts", slot)
    loop.run()
