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


def open_rows(conference: Conference, since: Occurrence | None = None) -> list[Occurrence]:
    """Return the dates a change speaks of, in the order of their rule.

    They are all of a conference that has not begun; of a series that has, those after the last
    one begun; with ``since`` that date and those after it. What lies before is history.
    """
    own = own_rows(conference)
    first = since or _first_open(own)
    if not conference.rrule or first is None:
        return own
    return [o for o in own if o.recurrence_id >= first.recurrence_id]


def own_rows(conference: Conference) -> list[Occurrence]:
    """Return the dates of the present rule; dates called off before its first are none of it."""
    rows = sorted(conference.occurrences, key=lambda o: o.recurrence_id)
    return [o for o in rows if o.recurrence_id >= conference.starts_at]


def _first_open(rows: Sequence[Occurrence]) -> Occurrence | None:
    begun = [o.recurrence_id for o in rows if o.starts_at <= now()]
    return next((o for o in rows if begun and o.recurrence_id > begun[-1]), None)


def keep_cancelled(rows: Sequence[Occurrence], request: BookingRequest) -> BookingRequest:
    """Return the request with the cancelled dates that nobody asked to have back left out.

    Who asks names a date by its start before the change (the API) or by its day (the form).
    """
    gone = [o.recurrence_id for o in rows if o.status == "CANCELLED"]
    if not request.rrule.strip() or not gone:
        return request
    try:
        kept, excepted, _rule = dated(request)
    except RecurrenceError:
        return request  # whoever checks the request says what is wrong with its rule
    asked = set(request.exdates)
    days = {local(moment).date() for moment in asked}
    after = [d.recurrence_id for d in (*kept, *excepted)]
    follow = follow_dates([o.recurrence_id for o in rows], after)
    still = {
        follow[old] for old in gone if old in follow and (old in asked or local(old).date() in days)
    }
    return request if still <= asked else replace(request, exdates=tuple(still | asked))


def settled(rows: Sequence[Occurrence], dates: Dates) -> Settlement:
    """Return the dates after a change to what a request asks for."""
    planned, excepted, rrule = dates
    before = [_date_of(occurrence) for occurrence in rows]
    return settle(before, planned, excepted, now(), recurs=bool(rrule))


def settled_by(rows: Sequence[Occurrence], plan: Plan) -> Settlement:
    """Return the dates after a change to a plan.

    Raises:
        Invalid: a date that was moved lies over another one.
    """
    settlement = settled(rows, (plan.occurrences, plan.excepted, plan.rrule))
    _refuse_own_overlap(settlement.to_hold(now()))
    return settlement


def dates_after(rows: Sequence[Occurrence], request: BookingRequest) -> Settlement:
    """Return the dates there would be if they were as a request asks.

    Raises:
        RecurrenceError: the rule cannot be used.
    """
    return settled(rows, dated(keep_cancelled(rows, request)))


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
