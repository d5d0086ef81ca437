"""Cancelling a conference or one of its occurrences; what is over stays as it was."""

from dataclasses import dataclass, field
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
    write_corrections,
    write_letters,
)
from conferencing.models import Conference, Occurrence
from conferencing.revisions import refresh_fragment
from hub.access.actor import Actor
from hub.clock import now
from hub.errors import Conflict
from hub.outbox import supersede
from hub.text import clean


def cancel(
    session: Session,
    actor: Actor,
    conference: Conference,
    reason: str,
    since: Occurrence | None = None,
) -> Conference:
    """Cancel all occurrences that are not over, or this one and those after it.

    Raises:
        NotFound, NotAllowed: as the actor's rights at the host unit demand.
        Conflict: it is cancelled or over already.
    """
    require_change(session, actor, conference)
    require_alive(conference)
    off = [o for o in _not_over(conference) if since is None or _is_at_or_after(o, since)]
    if not off:
        raise Conflict(_("Buổi họp này đã kết thúc hoặc đã hủy."))
    return _call_off(session, actor, conference, off, _Why(reason, "cancelled"))


def _is_at_or_after(occurrence: Occurrence, since: Occurrence) -> bool:
    return occurrence.recurrence_id >= since.recurrence_id


@dataclass(frozen=True, slots=True)
class _Why:
    """The reason given, and what the history calls it."""

    reason: str
    verb: str
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return clean(self.reason)


def _call_off(
    session: Session, actor: Actor, conference: Conference, off: list[Occurrence], why: _Why
) -> Conference:
    """Cancel these dates at once; a conference of which no other is held is off as a whole.

    What was held stays in every calendar: the rule then ends before the first of them.
    """
    stays = any(o.status != "CANCELLED" and o not in off for o in conference.occurrences)
    if not stays:
        conference.status = "CANCELLED"
    _new_revision(conference)
    for occurrence in off:
        occurrence.status, occurrence.sequence = "CANCELLED", conference.sequence
    holds.give_back(session, [occurrence.id for occurrence in off])
    refresh_fragment(conference)
    withdraw_letters(session, conference)
    about = About(dates=off, reason=why.words, others_stay=stays)
    write_corrections(session, conference, "cancelled", recipients(conference), about)
    detail = {"reason": why.words, **why.detail}
    if stays:
        detail["dates_off"] = len(off)
    note_change(session, actor, conference, why.verb, detail)
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
        why = _Why(reason, verb, detail or {})
        return _call_off(session, actor, conference, [occurrence], why)
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
