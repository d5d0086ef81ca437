"""What becomes of the dates of a conference when it is asked to be another one."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing.booking.plan import Dates, Plan, dated
from conferencing.booking.requests import BookingRequest
from conferencing.booking.services import new_occurrence
from conferencing.domain.errors import RecurrenceError
from conferencing.domain.recurrence import DatedOccurrence
from conferencing.domain.series import SeriesDate, Settlement, follow_dates, settle
from conferencing.holds import services as holds
from conferencing.models import Conference, Occurrence
from hub.clock import local, now
from hub.errors import FieldError, Invalid
from hub.ui.formats import date_vi


def keep_cancelled(conference: Conference, request: BookingRequest) -> BookingRequest:
    """Return the request with the cancelled dates that nobody asked to have back left out.

    Who asks names a date by its start before the change (the API) or by its day (the form).
    """
    gone = [o.recurrence_id for o in conference.occurrences if o.status == "CANCELLED"]
    if not request.rrule.strip() or not gone:
        return request
    try:
        kept, excepted, _rule = dated(request)
    except RecurrenceError:
        return request  # whoever checks the request says what is wrong with its rule
    asked = set(request.exdates)
    days = {local(moment).date() for moment in asked}
    after = [d.recurrence_id for d in (*kept, *excepted)]
    follow = follow_dates([o.recurrence_id for o in conference.occurrences], after)
    still = {
        follow[old] for old in gone if old in follow and (old in asked or local(old).date() in days)
    }
    return request if still <= asked else replace(request, exdates=tuple(still | asked))


def settled(conference: Conference, dates: Dates) -> Settlement:
    """Return the dates after a change to what a request asks for."""
    planned, excepted, rrule = dates
    before = [_date_of(occurrence) for occurrence in conference.occurrences]
    return settle(before, planned, excepted, now(), recurs=bool(rrule))


def settled_by(conference: Conference, plan: Plan) -> Settlement:
    """Return the dates after a change to a plan.

    Raises:
        Invalid: a date that was moved lies over another one.
    """
    settlement = settled(conference, (plan.occurrences, plan.excepted, plan.rrule))
    _refuse_own_overlap(settlement.to_hold(now()))
    return settlement


def dates_after(conference: Conference, request: BookingRequest) -> Settlement:
    """Return the dates a conference would have if it were as a request asks.

    Raises:
        RecurrenceError: the rule cannot be used.
    """
    return settled(conference, dated(keep_cancelled(conference, request)))


def write_dates(session: Session, conference: Conference, settlement: Settlement) -> None:
    """Make the rows of a conference the settled dates; each keeps its row for life."""
    rows = {o.recurrence_id: o for o in conference.occurrences}
    gone = [rows[recurrence_id] for recurrence_id in settlement.gone]
    holds.give_back(session, [occurrence.id for occurrence in gone])
    for occurrence in gone:
        conference.occurrences.remove(occurrence)
    for date in settlement.dates:
        known = settlement.before.get(date.recurrence_id)
        _write_date(conference, rows[known] if known else None, date)


def _write_date(conference: Conference, row: Occurrence | None, date: SeriesDate) -> None:
    status = "CANCELLED" if date.is_cancelled else "CONFIRMED"
    if row is None:
        dated_ = DatedOccurrence(date.recurrence_id, date.interval, date.is_moved)
        conference.occurrences.append(new_occurrence(dated_, status))
        return
    row.recurrence_id = date.recurrence_id
    row.starts_at, row.ends_at = date.interval.start, date.interval.end
    row.status, row.is_moved = status, date.is_moved


def _date_of(occurrence: Occurrence) -> SeriesDate:
    return SeriesDate(
        occurrence.recurrence_id,
        holds.span_of(occurrence),
        occurrence.status == "CANCELLED",
        occurrence.is_moved,
    )


def _refuse_own_overlap(dates: Sequence[SeriesDate]) -> None:
    inside = sorted(dates, key=lambda date: date.interval.start)
    for earlier, later in pairwise(inside):
        if earlier.interval.overlaps(later.interval):
            moved = later if later.is_moved else earlier
            message = _(
                "Buổi đã dời sang %(day)s chồng lên buổi khác của chuỗi; hãy dời buổi ấy trước.",
                day=date_vi(local(moved.interval.start), "long"),
            )
            raise Invalid([FieldError("starts_at", message)])
