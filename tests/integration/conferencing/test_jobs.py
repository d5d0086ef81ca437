"""The ticks: each thing once, nothing for what is over."""

from datetime import timedelta

import time_machine
from sqlalchemy import select

from conferencing.booking.services import book_in_transaction
from conferencing.jobs import note_starts_and_ends, remind_sites
from conferencing.models import Occurrence
from hub.clock import now
from hub.db import read_session
from hub.journal import JournalEntry
from hub.outbox import OutboxLetter
from tests.factories import booking, in_days
from tests.integration.conferencing.conftest import House


def reminders() -> int:
    """How many reminders were written."""
    session = read_session()
    session.rollback()
    kinds = session.scalars(select(OutboxLetter.kind)).all()
    return list(kinds).count("conference.reminder")


def verbs() -> list[str]:
    """What the journal says of conferences, in order."""
    session = read_session()
    session.rollback()
    return [entry.data["verb"] for entry in session.scalars(select(JournalEntry))]


def test_sites_are_reminded_a_day_and_half_an_hour_ahead(house: House) -> None:
    start = in_days(7)
    book_in_transaction(house.secretary, booking(house.site_codes[:3], starts_at=start))
    for ahead, expected in ((30, 0), (23, 3), (22, 3), (0.4, 6), (0.3, 6), (-1, 6)):
        with time_machine.travel(start - timedelta(hours=ahead), tick=False):
            remind_sites(house.app)
            remind_sites(house.app)
            assert reminders() == expected


def test_who_was_just_invited_is_not_reminded_at_once(house: House) -> None:
    start = now() + timedelta(hours=5)
    book_in_transaction(house.secretary, booking(house.site_codes[:3], starts_at=start))
    remind_sites(house.app)
    assert reminders() == 0


def test_start_and_end_are_noted_once(house: House) -> None:
    start = in_days(7)
    book_in_transaction(house.secretary, booking(house.site_codes[:3], starts_at=start))
    for after, expected in (
        (-1, ["booked"]),
        (1, ["booked", "started"]),
        (3, ["booked", "started", "ended"]),
    ):
        with time_machine.travel(start + timedelta(hours=after), tick=False):
            note_starts_and_ends(house.app)
            note_starts_and_ends(house.app)
            assert verbs() == expected
    read_session().rollback()
    occurrence = read_session().scalars(select(Occurrence)).one()
    assert occurrence.ended_at == occurrence.ends_at
