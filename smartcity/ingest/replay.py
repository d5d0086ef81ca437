"""Second chances: quarantined messages of a device approved since, and mended dead letters.

Runs in the transaction of whoever asks, with rule states as the database knows them. The value of
a replayed message is old by now, so it fills the series and rarely moves anything else.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exc
from sqlalchemy.orm import Session

from hub import clock
from smartcity.ingest.catalogue import load_devices, restore_closed, restore_states
from smartcity.ingest.plan import Planner
from smartcity.ingest.registry import Registry
from smartcity.ingest.writer import AWAY, write_plan
from smartcity.mqtt import Message

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message kept for later: as it came, with the instant it came."""

    topic: str
    payload: bytes
    received_at: datetime


def replay_messages(session: Session, messages: Sequence[StoredMessage]) -> list[str | None]:
    """Take stored messages in; per message None, or the reason why not. No second dead letter.

    Raises:
        sqlalchemy.exc.DBAPIError: the database itself is in trouble.
    """
    registry = Registry()
    registry.replace_devices(load_devices(session))
    restore_closed(session, registry)
    restore_states(session, registry)
    planner = Planner(registry)
    return [_replay(session, registry, planner, message) for message in messages]


def _replay(
    session: Session, registry: Registry, planner: Planner, stored: StoredMessage
) -> str | None:
    message = Message(stored.topic, stored.payload, stored.received_at, qos=0)
    plan = planner.plan([message])
    if plan.unknown_devices:
        return plan.unknown_devices[0].reason
    if plan.refusals:
        return plan.refusals[0].reason
    try:
        with session.begin_nested():
            write_plan(session, plan, clock.now())
    except AWAY:
        raise
    except exc.DBAPIError as error:
        logger.warning("message on %.100s still cannot be stored: %s", message.topic, error.orig)
        return f"not-storable: {type(error.orig).__name__}"
    plan.learn(registry)
    return None
