"""An ingest slot as a process: `python -m tests.integration.smartcity_ingest.slot DB MQTT SLOT`."""

import signal
import sys

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

import hub.accounts.models  # noqa: F401 - alerts refer to its table
from hub import clock
from hub.db import engine_options, install_sqlite_rules, transaction
from smartcity.ingest.loop import IngestLoop, SlotOptions
from smartcity.mqtt import BrokerAddress


def main() -> None:
    database_url, mqtt_url, slot = sys.argv[1:]
    engine = create_engine(database_url, **engine_options(database_url))
    install_sqlite_rules(engine)
    session = Session(engine, expire_on_commit=False)
    loop = IngestLoop(
        BrokerAddress.parse(mqtt_url),
        SlotOptions(int(slot)),
        lambda: transaction(session),
        clock.now,
    )
    signal.signal(signal.SIGTERM, lambda *_: loop.stop())
    loop.run()


if __name__ == "__main__":
    main()
