"""What an installation has kept of the messages that its broker acknowledged."""

from collections import Counter
from typing import Final

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from hub.db import engine_options, install_sqlite_rules, transaction
from smartcity.models import DeadLetter, Detection, IngestSlot, Observation, Series
from tests.acceptance.deadline import until
from tests.acceptance.ledger import Ledger
from tests.acceptance.test_kill_ingest import DEVICES, settle

RATE: Final = 100
# The embedded broker has on disk what it acknowledged a second ago (hub/main/run/broker.py), and
# looks once a second whether it is time.
BROKER_FORGETS_S: Final = 2.5
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
        ledger = Ledger(f"mqtt://127.0.0.1:{broker_port}", DEVICES, RATE)
        ledger.start()
        return ledger

    def check(self, ledger: Ledger, broker_deaths: list[float]) -> None:
        """All that was acknowledged becomes a row, once, and nothing a dead letter.

        Of a broker that is killed, what it acknowledged just before may be lost: no broker of this
        kind writes before it answers.
        """
        owed = {
            number
            for number, at in ledger.acknowledged.items()
            if not any(at <= death < at + BROKER_FORGETS_S for death in broker_deaths)
        }
        assert len(owed) > RATE, "the ledger has too little to prove anything"
        until(lambda: owed <= self._numbers().keys(), DRAIN_PATIENCE_S, "all owed is stored")
        numbers = self._numbers()
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
