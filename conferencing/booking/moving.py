"""Moving one occurrence: the rest of the series stays where it is."""

from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing.access.services import require_alive, require_change
from conferencing.availability.queries import Question
from conferencing.booking.change_plan import by_code, occurrence_of, request_of
from conferencing.booking.changing import change
from conferencing.booking.services import refuse_clashes, run_in_transaction
from conferencing.domain.booking_rules import LONGEST_BOOKING
from conferencing.domain.interval import Interval
from conferencing.history import note_change
from conferencing.holds import services as holds
from conferencing.invitations.letter_words import About
from conferencing.invitations.services import occurrence_key, recipients, write_letters
from conferencing.models import Conference, Occurrence
from conferencing.revisions import refresh_fragment
from hub.access.actor import Actor
from hub.clock import now
from hub.errors import Conflict, FieldError, Invalid
from hub.outbox import supersede


def move_occurrence(
    session: Session, actor: Actor, occurrence: Occurrence, starts_at: datetime, ends_at: datetime
) -> Conference:
    """Move one date, or make a running one longer. A conference without rule moves as a whole.

    Raises:
        Invalid, NotFound, NotAllowed, Conflict: as in booking.
        TakenMeanwhile: somebody else was faster; the transaction cannot go on.
    """
    conference = occurrence.conference
    is_longer = starts_at == occurrence.starts_at and ends_at > now()
    if not conference.rrule and not (is_longer and starts_at <= now()):
        moved = replace(request_of(conference), starts_at=starts_at, ends_at=ends_at)
        return change(session, actor, conference, moved)
    require_change(session, actor, conference)
    require_alive(conference)
    _check(occurrence, starts_at, ends_at, is_longer)
    span = Interval(starts_at, ends_at)
    holds.lock_spans(session, conference.room, [span])
    _refuse_own_overlap(occurrence, span)
    refuse_clashes(session, actor, _question(occurrence, span))
    before, was = _times(occurrence), holds.span_of(occurrence)
    _write(session, conference, occurrence, span)
    _tell(session, conference, occurrence, was)
    detail = {
        "recurrence_id": occurrence.recurrence_id.isoformat(),
        "before": before,
        "after": _times(occurrence),
    }
    note_change(session, actor, conference, "moved", detail)
    return conference


def _times(occurrence: Occurrence) -> dict[str, str]:
    return {
        "starts_at": occurrence.starts_at.isoformat(),
        "ends_at": occurrence.ends_at.isoformat(),
    }


def _check(occurrence: Occurrence, starts_at: datetime, ends_at: datetime, is_longer: bool) -> None:
    if occurrence.status == "CANCELLED" or occurrence.ends_at <= now():
        raise Conflict(_("Buổi họp này đã kết thúc hoặc đã hủy."))
    if ends_at <= starts_at or ends_at - starts_at > LONGEST_BOOKING:
        raise Invalid([FieldError("ends_at", _("Giờ kết thúc không hợp lệ."))])
    if starts_at < now() and not is_longer:
        raise Invalid([FieldError("starts_at", _("Giờ bắt đầu đã qua."))])


def _refuse_own_overlap(occurrence: Occurrence, span: Interval) -> None:
    for other in occurrence.conference.occurrences:
        if other is occurrence or other.status == "CANCELLED":
            continue
        if span.overlaps(holds.span_of(other)):
            message = _("Buổi họp chồng lên một buổi khác của cùng lịch lặp.")
            raise Invalid([FieldError("starts_at", message)])


def _question(occurrence: Occurrence, span: Interval) -> Question:
    conference = occurrence.conference
    sites = tuple(row.site for row in conference.sites)
    return Question(
        (span,), sites, conference.room, conference.id, buffered=holds.is_buffered(conference)
    )


def _write(
    session: Session, conference: Conference, occurrence: Occurrence, span: Interval
) -> None:
    conference.sequence += 1
    conference.revision += 1
    conference.updated_at = now()
    occurrence.starts_at, occurrence.ends_at = span.start, span.end
    occurrence.is_moved, occurrence.sequence = True, conference.sequence
    if not conference.rrule:
        conference.ends_at = span.end
        occurrence.is_moved = False
    holds.give_back(session, [occurrence.id])
    holds.take(session, conference, [occurrence])
    refresh_fragment(conference)


def _tell(session: Session, conference: Conference, occurrence: Occurrence, was: Interval) -> None:
    supersede(session, occurrence_key(occurrence))
    one = occurrence if conference.rrule else None
    write_letters(session, conference, "moved", recipients(conference), About(one, was=was))


def move_in_transaction(
    actor: Actor,
    code: str,
    occurrence_id: int,
    starts_at: datetime,
    ends_at: datetime,
) -> Conference:
    """Move from an edge, in a transaction of its own."""

    def act(session: Session) -> Conference:
        occurrence = occurrence_of(by_code(session, code), occurrence_id)
        return move_occurrence(session, actor, occurrence, starts_at, ends_at)

    return run_in_transaction(act)
