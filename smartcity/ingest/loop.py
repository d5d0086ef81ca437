"""The ingest process: read a batch, make it durable, acknowledge it; for ever.

One thread. While a commit runs the next batch gathers at the broker, so the batch grows with the
load by itself. Nothing is acknowledged that is not committed.
"""

import logging
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import create_engine, exc, insert, update
from sqlalchemy.orm import Session

import hub.accounts.models  # noqa: F401 - alerts refer to its table
from hub import clock
from hub.db import engine_options, install_sqlite_rules, transaction
from smartcity.domain.topics import TOPIC_FILTER
from smartcity.ingest.catalogue import (
    Fingerprint,
    fingerprint,
    load_devices,
    restore_closed,
    restore_states,
    restore_statuses,
)
from smartcity.ingest.link import BrokerLink, BrokerSession
from smartcity.ingest.registry import Registry
from smartcity.ingest.writer import DatabaseAway, OpenTransaction, Writer
from smartcity.models import IngestSlot
from smartcity.mqtt import BrokerAddress, Message


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


logger = logging.getLogger(__name__)

BATCH: Final = 500
WAIT_S: Final = 0.5
REFRESH_S: Final = 1.0
HEARTBEAT_S: Final = 2.0
# A loop that has not come round for this long is stuck; ending it lets supervision restart it.
STUCK_S: Final = 90.0
BACKOFF_S: Final = (0.5, 15.0)


@dataclass(frozen=True, slots=True)
class SlotOptions:
    """Which slot of how many, and what the broker can do."""

    slot: int = 0
    slot_count: int = 1
    is_mqtt5: bool = True
    broker_kind: str = "mqtt"

    @property
    def client_id(self) -> str:
        """Fixed for ever: the broker keeps the queue of this very name."""
        return f"nhipcau-ingest-{self.slot}"

    @property
    def topic_filter(self) -> str:
        """Shared among slots; an MQTT 3.1.1 demo broker knows no shared subscription."""
        is_shared = self.slot_count > 1 and self.is_mqtt5
        return f"$share/nhipcau/{TOPIC_FILTER}" if is_shared else TOPIC_FILTER

    @property
    def left_filter(self) -> str:
        """What a session of another number of slots is still subscribed to, and must leave."""
        shared = f"$share/nhipcau/{TOPIC_FILTER}"
        return TOPIC_FILTER if self.topic_filter == shared else shared


class Backoff:
    """Growing waits with jitter, so that many clients do not come back at the same instant."""

    def __init__(self, shortest: float, longest: float) -> None:
        self._shortest = shortest
        self._longest = longest
        self._failures = 0
        self._until = 0.0

    @property
    def is_waiting(self) -> bool:
        """True while nothing should be tried."""
        return time.monotonic() < self._until

    def fail(self) -> None:
        """Wait longer than the last time."""
        longest = min(self._longest, self._shortest * 2.0**self._failures)
        self._failures = min(self._failures + 1, 16)
        self._until = time.monotonic() + longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter

    def succeed(self) -> None:
        """Forget the failures."""
        self._failures = 0
        self._until = 0.0


class IngestLoop:
    """One ingest slot."""

    def __init__(
        self,
        address: BrokerAddress,
        options: SlotOptions,
        open_transaction: OpenTransaction,
        clock: Callable[[], datetime],
    ) -> None:
        left = (options.left_filter,) if options.is_mqtt5 else ()
        session = BrokerSession(options.client_id, (options.topic_filter,), left, options.is_mqtt5)
        self._options = options
        self._open_transaction = open_transaction
        self._clock = clock
        self._link = BrokerLink(address, session, clock)
        self._registry = Registry()
        self.writer = Writer(self._registry, open_transaction, clock)
        self._fingerprint: Fingerprint | None = None
        self._stopping = threading.Event()
        self._link_backoff = Backoff(*BACKOFF_S)
        self._database_backoff = Backoff(*BACKOFF_S)
        self._held: list[Message] = []
        self._refresh_due = 0.0
        self._heartbeat_due = 0.0
        self.message_count = 0
        self._last_message_at: datetime | None = None
        self.progress_at = time.monotonic()

    @property
    def is_ready(self) -> bool:
        """True while subscribed on a live connection."""
        return self._link.is_ready

    def stop(self) -> None:
        """End after the batch in hand; safe in a signal handler."""
        self._stopping.set()

    def run(self) -> None:
        """Work until `stop`; only a programming error ends it otherwise."""
        try:
            while not self._stopping.is_set():
                self.progress_at = time.monotonic()
                self._turn()
        finally:
            self._link.close()

    def _turn(self) -> None:
        self._keep_up_with_database()
        if self._fingerprint is None or self._database_backoff.is_waiting:
            self._idle()
            return
        if not self._link.is_open and not self._connect():
            self._idle()
            return
        if not self._held:
            self._held = self._link.read(BATCH, WAIT_S)
        if self._held:
            self._store()
        self._link.tend()

    def _idle(self) -> None:
        # PINGs go on while the database is away, or the broker would drop us as well.
        self._link.tend()
        self._stopping.wait(0.1)

    def _connect(self) -> bool:
        self._held.clear()
        if self._link_backoff.is_waiting:
            return False
        # Counted as a failure until a message or an idle turn proves the connection good.
        self._link_backoff.fail()
        try:
            self._link.connect()
        except OSError as error:
            logger.warning("broker not reachable: %s", error)
            return False
        return True

    def _store(self) -> None:
        messages = self._held
        try:
            self.writer.write(messages)
        except DatabaseAway as error:
            logger.error("database away, %s messages wait unacknowledged: %s", len(messages), error)
            self._database_backoff.fail()
            return
        self._database_backoff.succeed()
        self._held = []
        self.message_count += len(messages)
        self._last_message_at = messages[-1].received_at
        self._link.acknowledge(messages)

    def _keep_up_with_database(self) -> None:
        now = time.monotonic()
        if self._database_backoff.is_waiting or now < min(self._refresh_due, self._heartbeat_due):
            return
        if self._link.is_ready:
            self._link_backoff.succeed()
        try:
            if now >= self._refresh_due:
                self._refresh()
                self._refresh_due = now + REFRESH_S
            if now >= self._heartbeat_due:
                self._beat()
                self._heartbeat_due = now + HEARTBEAT_S
        except exc.DBAPIError as error:
            logger.error("database away: %s", error)
            self._database_backoff.fail()

    def _refresh(self) -> None:
        with self._open_transaction() as session:
            current = fingerprint(session)
            is_first = self._fingerprint is None
            if current != self._fingerprint:
                self._registry.replace_devices(load_devices(session))
            if is_first:
                restore_closed(session, self._registry)
            restore_states(session, self._registry)
            restore_statuses(session, self._registry)
            self._fingerprint = current

    def _beat(self) -> None:
        values: dict[str, object] = {
            "heartbeat_at": self._clock(),
            "broker_state": "connected" if self._link.is_ready else "disconnected",
            "broker_kind": self._options.broker_kind,
            "message_count": self.message_count,
            "last_message_at": self._last_message_at,
            "pid": os.getpid(),
        }
        with self._open_transaction() as session:
            _beat(session, self._options.slot, values)


def _beat(session: Session, slot: int, values: dict[str, object]) -> None:
    changed = session.execute(update(IngestSlot).where(IngestSlot.slot == slot).values(**values))
    if not changed.rowcount:  # type: ignore[attr-defined]
        session.execute(insert(IngestSlot).values(slot=slot, **values))


def watch(loop: IngestLoop, end: Callable[[], None]) -> threading.Thread:
    """Start a thread that calls `end` when the loop has not come round for too long."""

    def look() -> None:
        while time.monotonic() - loop.progress_at < STUCK_S:
            time.sleep(STUCK_S / 10)
        logger.critical("ingest loop is stuck, ending the process")
        end()

    thread = threading.Thread(target=look, name="ingest-watchdog", daemon=True)
    thread.start()
    return thread
