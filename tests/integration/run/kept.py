"""What an installation has kept of the messages that its broker acknowledged."""

import contextlib
import json
from collections import Counter
from typing import Final

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from hub.clock import now
from hub.db import engine_options, install_sqlite_rules, transaction
from smartcity.models import DeadLetter, Detection, IngestSlot, Observation, Series
from smartcity.mqtt import BrokerAddress, new_publisher
from tests.acceptance.deadline import until
from tests.acceptance.ledger import Ledger
from tests.acceptance.test_kill_ingest import DEVICES, settle

RATE: Final = 100
DRAIN_PATIENCE_S: Final = 90.0


class Kept:
    """Reads the database of a running installation."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, **engine_options(url))
        install_sqlite_rules(self._engine)

    def begin(self, broker_port: int) -> Ledger:
        """Add devices and rules, and a publisher with a ledger that sends for them."""
        with Session(self._engine) as session, transaction(session):
            settle(session)
        until(self._listens, DRAIN_PATIENCE_S, "ingest has subscribed")
        url = f"mqtt://127.0.0.1:{broker_port}"
        self._wait_until_known(url)
        ledger = Ledger(url, DEVICES, RATE)
        ledger.start()
        return ledger

    def _wait_until_known(self, url: str) -> None:
        """Until ingest has read of the new devices, their messages would be quarantined."""
        address = BrokerAddress.parse(url)
        client = new_publisher(address, "probe")
        client.connect(address.host, address.port)
        client.loop_start()

        def is_known() -> bool:
            body = {"observed_at": now().isoformat(), "values": {"probe": 1.0}}
            client.publish(f"city/457/may-{DEVICES - 1}/telemetry", json.dumps(body), qos=1)
            with Session(self._engine) as session:
                return session.scalar(select(Series.id).where(Series.prop == "probe")) is not None

        until(is_known, DRAIN_PATIENCE_S, "ingest knows the devices", every=0.3)
        client.disconnect()
        client.loop_stop()

    def check(self, ledger: Ledger) -> None:
        """All that was acknowledged becomes a row, once, and nothing a dead letter."""
        owed = set(ledger.acknowledged)
        assert len(owed) > RATE, "the ledger has too little to prove anything"
        # Whatever is left over after that patience is named.
        with contextlib.suppress(AssertionError):
            until(lambda: owed <= self._numbers().keys(), DRAIN_PATIENCE_S, "all owed is stored")
        numbers = self._numbers()
        assert sorted(owed - numbers.keys()) == [], "lost"
        assert [number for number, times in numbers.items() if times > 1] == [], "stored twice"
        with Session(self._engine) as session:
            assert session.scalars(select(DeadLetter.reason)).all() == []
        self._engine.dispose()

    def _listens(self) -> bool:
        with Session(self._engine) as session:
            query = select(IngestSlot.slot).where(IngestSlot.broker_state == "connected")
            return session.scalar(query) is not None

    def _numbers(self) -> Counter[int]:
        with Session(self._engine) as session:
            numbered = select(Observation.value).join(Series).where(Series.prop == "seq")
            told = [int(value) for value in session.scalars(numbered)]
            seen = [int(one[2:]) for one in session.scalars(select(Detection.external_id))]
        return Counter(told + seen)
