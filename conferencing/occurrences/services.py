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
    state_of,
)
from conferencing.history import journal_change, note_change
from conferencing.holds.services import span_of
from conferencing.models import Conference, Hold, Occurrence, PortUse
from hub.accounts.actor import Actor
from hub.clock import now
from hub.errors import Conflict


def state_now(occurrence: Occurrence, moment: datetime | None = None) -> DisplayState:
    """Return what people see of an occurrence at a moment (the present by default)."""
    status = cast(IcalStatus, occurrence.status)
    stored = state_of(status, occurrence.started_at, occurrence.ended_at)
    return display_state(stored, span_of(occurrence), moment or now())


def conference_state(conference: Conference, moment: datetime | None = None) -> DisplayState:
    """Return the state of the running or next occurrence; of the last when all are over."""
    at = moment or now()
    if conference.status == "CANCELLED":
        return DisplayState.CANCELLED
    going = [o for o in conference.occurrences if o.status != "CANCELLED"]
    if not going:
        return DisplayState.CANCELLED
    ahead = [o for o in going if o.ends_at > at and o.ended_at is None]
    return state_now(ahead[0] if ahead else going[-1], at)


def start_occurrence(session: Session, actor: Actor, occurrence: Occurrence) -> Conference:
    """Record that the chair has opened it. Raises NotFound, NotAllowed or Conflict."""
    conference = _running(session, actor, occurrence)
    if occurrence.started_at is None:
        occurrence.started_at = now()
        note_change(session, actor, conference, "started")
    return conference


def end_occurrence(session: Session, actor: Actor, occurrence: Occurrence) -> Conference:
    """Record that it is over and give back what it still holds. Raises as starting does."""
    conference = _running(session, actor, occurrence)
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


def _running(session: Session, actor: Actor, occurrence: Occurrence) -> Conference:
    conference = occurrence.conference
    require_change(session, actor, conference)
    require_alive(conference)
    if occurrence.status == "CANCELLED" or occurrence.ended_at is not None:
        raise Conflict(_("Buổi họp này đã kết thúc hoặc đã hủy."))
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
