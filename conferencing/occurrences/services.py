"""A conference while it runs: what the clock and the operators say of it."""

from datetime import datetime
from typing import cast

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.orm import Session

from conferencing.access.services import require_alive, require_change
from conferencing.domain.states import (
    DisplayState,
    IcalStatus,
    display_state,
)
from conferencing.history import journal_change, note_change
from conferencing.holds.services import span_of
from conferencing.models import Conference, Hold, Occurrence, PortUse
from hub.access.actor import Actor
from hub.clock import now
from hub.errors import Conflict


def state_now(occurrence: Occurrence, moment: datetime | None = None) -> DisplayState:
    """Return what people see of an occurrence at a moment (the present by default)."""
    return display_state(
        cast(IcalStatus, occurrence.status),
        span_of(occurrence),
        moment or now(),
        started_at=occurrence.started_at,
        ended_at=occurrence.ended_at,
    )


def end_occurrence(session: Session, actor: Actor, occurrence: Occurrence) -> Conference:
    """Record that it is over and give back what it still holds.

    Raises:
        NotFound: the actor may not even see the conference.
        NotAllowed: the actor sees it, but may not book for its host unit.
        Conflict: it has not begun, is over or was cancelled.
    """
    conference = occurrence.conference
    require_change(session, actor, conference)
    require_alive(conference)
    if occurrence.status == "CANCELLED" or occurrence.ended_at is not None:
        raise Conflict(_("Buổi họp này đã kết thúc hoặc đã hủy."))
    at = now()
    if at <= occurrence.starts_at:
        raise Conflict(_("Buổi họp chưa bắt đầu; hãy hủy thay vì kết thúc."))
    occurrence.started_at = occurrence.started_at or occurrence.starts_at
    occurrence.ended_at = at
    for model in (Hold, PortUse):
        mine = (model.occurrence_id == occurrence.id) & (model.ends_at > at)
        session.execute(update(model).where(mine, model.starts_at < at).values(ends_at=at))
    note_change(session, actor, conference, "ended")
    return conference


def note_clock(session: Session, occurrence: Occurrence, at: datetime) -> None:
    """Record by the clock that an occurrence has started or ended, and say so in the journal."""
    conference = occurrence.conference
    if occurrence.started_at is None and occurrence.starts_at <= at:
        occurrence.started_at = occurrence.starts_at
        if occurrence.ends_at > at:
            journal_change(session, conference, "started")
    if occurrence.ended_at is None and occurrence.ends_at <= at:
        occurrence.ended_at = occurrence.ends_at
        journal_change(session, conference, "ended")
