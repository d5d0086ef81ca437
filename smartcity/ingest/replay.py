"""Second chances: messages of a device approved since, and dead letters somebody asked to retry.

The ingest process does this itself, between batches and with the rule states it already holds;
the pages and commands only write down what is wanted (`approved`, or the state `replay`).
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from smartcity.ingest.writer import OpenTransaction, Writer
from smartcity.models import DeadLetter, QuarantinedDevice, QuarantinedMessage
from smartcity.mqtt import Message

logger = logging.getLogger(__name__)

PER_TURN: Final = 200
WANTED: Final = "replay"


def replay_due(
    writer: Writer, open_transaction: OpenTransaction, clock: Callable[[], datetime]
) -> int:
    """Take in what is due, at most `PER_TURN` of each kind; returns how many messages went in."""
    return _quarantined(writer, open_transaction) + _dead_letters(writer, open_transaction, clock)


def request_dead_letter_replay(session: Session, ids: Sequence[int] | None = None) -> int:
    """Mark open dead letters (all, or these) for a new try by the ingest process."""
    statement = update(DeadLetter).where(DeadLetter.state == "open")
    if ids is not None:
        statement = statement.where(DeadLetter.id.in_(ids))
    result = session.execute(statement.values(state=WANTED))
    return result.rowcount  # type: ignore[attr-defined, no-any-return]


def _quarantined(writer: Writer, open_transaction: OpenTransaction) -> int:
    query = (
        select(QuarantinedMessage)
        .join(QuarantinedDevice, QuarantinedDevice.id == QuarantinedMessage.quarantined_device_id)
        .where(QuarantinedDevice.decided == "approved")
        .order_by(QuarantinedMessage.id)
        .limit(PER_TURN)
    )
    with open_transaction() as session:
        rows = session.scalars(query).all()
        session.expunge_all()
    messages = [(row.id, Message(row.topic, row.payload, row.received_at, qos=0)) for row in rows]
    taken = [row_id for row_id, message in messages if writer.is_known(message)]
    if taken:
        # Unreadable ones become dead letters here, like those of any known device.
        writer.write([message for row_id, message in messages if row_id in set(taken)])
        with open_transaction() as session:
            session.execute(delete(QuarantinedMessage).where(QuarantinedMessage.id.in_(taken)))
        logger.info("took in %s quarantined messages", len(taken))
    return len(taken)


def _dead_letters(
    writer: Writer, open_transaction: OpenTransaction, clock: Callable[[], datetime]
) -> int:
    query = (
        select(DeadLetter).where(DeadLetter.state == WANTED).order_by(DeadLetter.id).limit(PER_TURN)
    )
    with open_transaction() as session:
        letters = session.scalars(query).all()
        session.expunge_all()
    count = 0
    for letter in letters:
        message = Message(letter.topic, letter.payload, letter.received_at, qos=0)
        reason = writer.retry(message)
        values = (
            {"state": "open", "reason": reason[:300]}
            if reason
            else {"state": "replayed", "replayed_at": clock()}
        )
        with open_transaction() as session:
            session.execute(update(DeadLetter).where(DeadLetter.id == letter.id).values(**values))
        count += not reason
    return count
