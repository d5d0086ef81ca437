"""Commands of the smart-city half, as plain functions; `hub.cli` gives them their names.

Each expects an app context, which carries the database.
"""

import logging
import os
import signal
import threading
from collections.abc import Sequence

from hub import clock
from hub.accounts.actor import SYSTEM
from hub.db import read_session, transaction
from smartcity.ingest.loop import IngestLoop, SlotOptions, watch
from smartcity.ingest.replay import replay_messages
from smartcity.mqtt import BrokerAddress
from smartcity.queries.intake import LetterFilter, dead_letters
from smartcity.services.intake import Replayed, replay_letters
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


def list_dead_letters(state: str = "open", limit: int = 50) -> list[str]:
    """Return one line per dead letter, newest first: id, instant, topic, reason, size."""
    rows = dead_letters(read_session(), SYSTEM.scope, LetterFilter(state=state), limit=limit)
    return [
        f"{row.id}\t{row.received_at.isoformat()}\t{row.topic}\t{row.reason}\t{row.payload_size} B"
        for row in rows
    ]


def replay_dead_letters(letter_ids: Sequence[int]) -> Replayed:
    """Send these open dead letters through ingest again; without ids, the newest 500.

    Raises:
        NotFound: none of them is open.
    """
    with transaction() as session:
        newest = dead_letters(session, SYSTEM.scope, LetterFilter(), limit=500)
        wanted = list(letter_ids) or [row.id for row in newest]
        return replay_letters(session, SYSTEM, wanted, replay_messages)


def _client_id(what: str) -> str:
    # Two simulators at once must not take each other's session.
    return f"nhipcau-{what}-{os.getpid()}"


def _stopping() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping
