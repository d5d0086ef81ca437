"""What a conference is, as a request that may be changed, and the plan of a changed one."""

from collections.abc import Sequence
from dataclasses import replace

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.booking.plan import Plan, check_request
from conferencing.booking.requests import AttendeeRequest, BookingRequest
from conferencing.booking.series import keep_cancelled, open_rows, own_rows
from conferencing.booking.splitting import has_other_words, needs_split
from conferencing.domain.recurrence import rule_since
from conferencing.models import Conference, Occurrence
from hub.access.actor import Actor
from hub.clock import now
from hub.errors import Conflict, FieldError, Invalid, NotFound


def by_code(session: Session, code: str) -> Conference:
    """Return the conference; rights are checked by the service that acts. Raises NotFound."""
    conference = session.scalars(select(Conference).where(Conference.code == code)).first()
    if conference is None:
        raise NotFound(_("Không tìm thấy cuộc họp."))
    return conference


def occurrence_of(conference: Conference, occurrence_id: int) -> Occurrence:
    """Return the occurrence with this id. Raises NotFound."""
    for occurrence in conference.occurrences:
        if occurrence.id == occurrence_id:
            return occurrence
    raise NotFound(_("Không tìm thấy buổi họp."))


def request_of(conference: Conference, since: Occurrence | None = None) -> BookingRequest:
    """Return the conference as a request, to be changed in part or shown in a form.

    Of a series that has begun it is what remains (``open_rows``), starting at its first date.
    """
    chair = next((row.site.code for row in conference.sites if row.role == "chair"), "")
    rows = open_rows(conference, since)
    dropped = len(own_rows(conference)) - len(rows)
    starts_at = rows[0].recurrence_id if dropped else conference.starts_at
    gone = (o.recurrence_id for o in rows if o.status == "CANCELLED")
    return BookingRequest(
        title=conference.title,
        type=conference.type,
        priority=conference.priority,
        room_code=conference.room.code,
        starts_at=starts_at,
        ends_at=starts_at + (conference.ends_at - conference.starts_at),
        site_codes=tuple(row.site.code for row in conference.sites),
        attendees=tuple(AttendeeRequest(a.email, a.name, a.role) for a in conference.attendees),
        rrule=rule_since(conference.rrule, dropped) if dropped else conference.rrule,
        exdates=tuple(gone) if conference.rrule else (),
        agenda=conference.agenda,
        reason=conference.reason,
        chair=conference.chair,
        host_unit_id=conference.host_unit_id,
        source_ref=conference.source_ref,
        is_drill=conference.is_drill,
        chair_site=chair,
    )


def is_parted(
    conference: Conference,
    rows: Sequence[Occurrence],
    plan: Plan,
    since: Occurrence | None,
) -> bool:
    """Whether a plan for these dates makes a conference of its own of them.

    Words are those of a whole series unless they are to hold from one date on.
    """
    earlier = [o for o in conference.occurrences if o not in rows and o.status != "CANCELLED"]
    if not earlier:
        return False
    if needs_split(conference, rows, plan):
        return True
    return since is not None and has_other_words(conference, plan)


def require_ahead(conference: Conference, since: Occurrence | None) -> None:
    """Raise a Conflict when there is nothing left that could be changed."""
    if all(o.ends_at <= now() or o.status == "CANCELLED" for o in conference.occurrences):
        raise Conflict(_("Cuộc họp đã kết thúc."))
    if since is not None and since.starts_at <= now():
        raise Conflict(_("Buổi họp này đã bắt đầu; hãy chọn một buổi sau."))


def plan_change(
    session: Session,
    actor: Actor,
    conference: Conference,
    request: BookingRequest,
    since: Occurrence | None = None,
) -> Plan:
    """Return the plan of a changed conference, its cancelled dates still cancelled.

    Raises:
        Invalid, NotAllowed: as in booking; what has begun keeps its hours.
    """
    now_ = request_of(conference, since)
    asked = replace(
        keep_cancelled(open_rows(conference, since), request),
        host_unit_id=conference.host_unit_id,
        source_ref=conference.source_ref,
        is_drill=conference.is_drill,
    )
    same_time = (asked.starts_at, asked.ends_at) == (now_.starts_at, now_.ends_at)
    present = frozenset(row.site.code for row in conference.sites)
    plan = check_request(session, actor, asked, may_be_past=same_time, present=present)
    if _is_running(open_rows(conference, since)) and not (same_time and plan.rrule == now_.rrule):
        message = _("Cuộc họp đã bắt đầu; hãy dời từng buổi hoặc đặt cuộc họp mới.")
        raise Invalid([FieldError("starts_at", message)])
    return plan


def _is_running(rows: Sequence[Occurrence]) -> bool:
    return any(o.starts_at <= now() for o in rows)
