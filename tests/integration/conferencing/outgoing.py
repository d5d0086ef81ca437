"""What a test looks at in the outbox."""

from typing import Any

from icalendar import Calendar
from sqlalchemy import select

from hub.db import read_session, transaction
from hub.outbox import OutboxLetter


def letters() -> list[OutboxLetter]:
    """Letters that may still leave, in order."""
    session = read_session()
    session.rollback()
    query = select(OutboxLetter).where(OutboxLetter.state == "new").order_by(OutboxLetter.id)
    return list(session.scalars(query))


def mark_all_sent() -> None:
    """As if everything written so far had left."""
    with transaction() as session:
        for letter in session.scalars(select(OutboxLetter)):
            letter.state = "sent"


def sequences(found: list[OutboxLetter]) -> set[int]:
    """SEQUENCE of every VEVENT in the letters."""
    return {int(vevent["SEQUENCE"]) for letter in found for vevent in vevents_of(letter)}


def vevents_of(letter: OutboxLetter) -> list[Any]:
    """The VEVENTs of a letter; the library types every property as any of thirty."""
    return list(Calendar.from_ical(letter.calendar_body).walk("VEVENT"))
