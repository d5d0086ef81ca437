"""Cancelling a conference or one of its occurrences; what is over stays as it was."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing.access.services import require_alive, require_change
from conferencing.history import note_change
from conferencing.holds import services as holds
from conferencing.invitations.letter_words import About
from conferencing.invitations.services import (
    occurrence_key,
    recipients,
    withdraw_letters,
    write_letters,
)
from conferencing.models import Conference, Occurrence
from conferencing.revisions import refresh_fragment
from hub.access.actor import Actor
from hub.clock import now
from hub.errors import Conflict
from hub.outbox import supersede
from hub.text import clean


def cancel(session: Session, actor: Actor, conference: Conference, reason: str) -> Conference:
    """Cancel all occurrences that are not over; everybody hears it once.

    Raises:
        NotFound, NotAllowed: as the actor's rights at the host unit demand.
        Conflict: it is cancelled or over already.
    """
    require_change(session, actor, conference)
    return call_off(session, actor, conference, reason, "cancelled")


def call_off(
    session: Session,
    actor: Actor,
    conference: Conference,
    reason: str,
    verb: str,
    detail: dict[str, Any] | None = None,
) -> Conference:
    """Cancel without asking for rights: displacing by an emergency has its own."""
    require_alive(conference)
    future = _not_over(conference)
    conference.status = "CANCELLED"
    _new_revision(conference)
    for occurrence in future:
        occurrence.status, occurrence.sequence = "CANCELLED", conference.sequence
    holds.give_back(session, [occurrence.id for occurrence in future])
    refresh_fragment(conference)
    withdraw_letters(session, conference)
    about = About(dates=future, reason=clean(reason))
    write_letters(session, conference, "cancelled", recipients(conference), about)
    note_change(session, actor, conference, verb, {"reason": clean(reason), **(detail or {})})
    return conference


def cancel_occurrence(
    session: Session, actor: Actor, occurrence: Occurrence, reason: str
) -> Conference:
    """Cancel one date; the last remaining one takes the whole conference with it.

    Raises:
        NotFound, NotAllowed: as the actor's rights at the host unit demand.
        Conflict: it is cancelled or over already.
    """
    require_change(session, actor, occurrence.conference)
    return call_off_occurrence(session, actor, occurrence, reason, "occurrence_cancelled")


def call_off_occurrence(
    session: Session,
    actor: Actor,
    occurrence: Occurrence,
    reason: str,
    verb: str,
    detail: dict[str, Any] | None = None,
) -> Conference:
    """Cancel one date without asking for rights."""
    conference = occurrence.conference
    require_alive(conference)
    if occurrence not in _not_over(conference):
        raise Conflict(_("Buổi họp này đã kết thúc hoặc đã hủy."))
    others = [o for o in conference.occurrences if o.status != "CANCELLED" and o is not occurrence]
    if not others:
        return call_off(session, actor, conference, reason, verb, detail)
    _new_revision(conference)
    occurrence.status, occurrence.sequence = "CANCELLED", conference.sequence
    holds.give_back(session, [occurrence.id])
    refresh_fragment(conference)
    supersede(session, occurrence_key(occurrence))
    about = About(occurrence, reason=clean(reason))
    write_letters(session, conference, "occurrence_cancelled", recipients(conference), about)
    words = {
        "recurrence_id": occurrence.recurrence_id.isoformat(),
        "reason": clean(reason),
        **(detail or {}),
    }
    note_change(session, actor, conference, verb, words)
    return conference


def _not_over(conference: Conference) -> list[Occurrence]:
    future = [o for o in conference.occurrences if o.status != "CANCELLED" and o.ends_at > now()]
    if not future:
        raise Conflict(_("Cuộc họp đã kết thúc."))
    return future


def _new_revision(conference: Conference) -> None:
    conference.sequence += 1
    conference.revision += 1
    conference.updated_at = now()
