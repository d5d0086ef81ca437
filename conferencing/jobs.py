"""What the worker does for conferencing: lapsed holds go, the clock is noted, sites are reminded.

Every tick finds its work in our tables and may be run again at any moment: a power cut of
forty minutes only makes it late, and nobody is reminded of what is over.
"""

from datetime import datetime, timedelta
from typing import Final

from flask import Flask
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from conferencing.holds.services import span_of
from conferencing.invitations.reminders import unanswered, write_reminders
from conferencing.models import Conference, ConferenceSite, Occurrence
from conferencing.occurrences.services import note_clock
from hub.clock import now
from hub.db import each_in_transaction, read_session
from hub.ticks import Tick

DAY_AHEAD: Final = timedelta(days=1)
LAST_CALL: Final = timedelta(minutes=30)
# Whoever was invited less than this before a reminder is due has just had a letter.
FRESH: Final = timedelta(minutes=30)
LOOK_BACK: Final = timedelta(days=7)


def note_starts_and_ends(_app: Flask) -> int:
    """Record which occurrences have started or ended by the clock; return how many."""
    at = now()
    due = (
        select(Occurrence.id)
        .where(
            Occurrence.status != "CANCELLED",
            Occurrence.starts_at <= at,
            Occurrence.starts_at > at - LOOK_BACK,
            Occurrence.ended_at.is_(None),
            Occurrence.started_at.is_(None) | (Occurrence.ends_at <= at),
        )
        .order_by(Occurrence.starts_at)
        .limit(500)
    )

    def note(session: Session, occurrence_id: int) -> None:
        note_clock(session, session.get_one(Occurrence, occurrence_id), at)

    return each_in_transaction(due_ids(due), note)


def remind_sites(_app: Flask) -> int:
    """Write to sites that have not answered, a day and half an hour ahead; return how many."""
    at = now()
    due = (
        select(Occurrence.id)
        .where(
            Occurrence.status == "CONFIRMED",
            Occurrence.starts_at > at,
            Occurrence.starts_at <= at + DAY_AHEAD,
            Occurrence.conference_id.in_(
                select(ConferenceSite.conference_id).where(
                    ConferenceSite.partstat == "NEEDS-ACTION"
                )
            ),
        )
        .order_by(Occurrence.starts_at)
    )
    return each_in_transaction(due_ids(due), lambda session, id_: _remind(session, id_, at))


def _remind(session: Session, occurrence_id: int, at: datetime) -> None:
    occurrence = session.get_one(Occurrence, occurrence_id)
    conference = occurrence.conference
    if conference.status == "CANCELLED":
        return
    ahead = LAST_CALL if occurrence.starts_at - at <= LAST_CALL else DAY_AHEAD
    if _last_letter_at(conference) > occurrence.starts_at - ahead - FRESH:
        return
    occasion = f"{occurrence.starts_at:%Y%m%dT%H%M}:{int(ahead.total_seconds())}"
    to = unanswered(conference, sites_only=True)
    write_reminders(session, conference, to, occasion, span_of(occurrence))


def _last_letter_at(conference: Conference) -> datetime:
    return max(conference.created_at, conference.updated_at)


def due_ids(query: Select[int]) -> list[int]:
    """Return the ids of what is due; what is due for long comes first."""
    session = read_session()
    session.rollback()
    return list(session.scalars(query))


TICKS: Final = (
    Tick("note_starts_and_ends", 10.0, note_starts_and_ends),
    Tick("remind_sites", 60.0, remind_sites),
)
