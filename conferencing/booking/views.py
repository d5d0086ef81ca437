"""Booking a conference and changing one: the form, the check, the review, the last step.

The form's own buttons post to one address; which of them was pressed is in ``do``. The last
step posts everything again, so nothing is kept between the steps and Back always works.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from flask import Response, after_this_request, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from conferencing.availability.working_days import working_calendar
from conferencing.blueprint import bp
from conferencing.booking.actions import SEPARATOR, apply_action
from conferencing.booking.change_plan import is_parted, occurrence_of, plan_change, request_of
from conferencing.booking.changing import change_in_transaction
from conferencing.booking.dates import series_dates
from conferencing.booking.editing import keep_unshown, present_beside
from conferencing.booking.find_time import BUTTONS as TIMES_BUTTONS
from conferencing.booking.find_time import times_page
from conferencing.booking.form_refusals import clash_notes, just_booked, taken_count
from conferencing.booking.forms import (
    ROLES,
    TYPES,
    BookingDraft,
    booking_request,
    read_draft,
    request_without_time,
)
from conferencing.booking.guests import Notices, Posted, mark_unsendable, take_in_guests
from conferencing.booking.page import BookingPage, Purpose, form_values, load_page
from conferencing.booking.plan import Plan, check_request
from conferencing.booking.requests import BookingRequest
from conferencing.booking.series import settled_by
from conferencing.booking.services import book_in_transaction, question_of, refuse_clashes
from conferencing.booking.times import DRAWN, follow_start
from conferencing.domain.booking_rules import (
    ConferenceType,
    Finding,
    FindingCode,
    Priority,
    Proposal,
    review_proposal,
)
from conferencing.domain.series import SeriesDate
from conferencing.models import Conference
from conferencing.occurrences.queries import conference_by_code
from conferencing.places.sites.bookable import bookable_sites
from conferencing.time_words import write_day
from hub.access import current_actor, requires
from hub.access.actor import Actor
from hub.clock import TZ, local, now
from hub.db import read_session
from hub.errors import Conflict, FieldError, Invalid, Stale
from hub.ui.editing import seen_in
from hub.ui.formats import date_vi

LEFT_OUT = {"csrf_token", "do", "find", "group_name", DRAWN}


@dataclass(frozen=True, slots=True)
class RuleNotKept:
    """A rule that is not kept, and where it is written."""

    sentence: str
    source: str = ""


def render_review(page: BookingPage, request: BookingRequest, posted: Posted) -> str:
    """Draw the page.

    Raises:
        Invalid: something is to be mended first.
        Conflict: something is taken.
    """
    plan, dates = _planned(page, request)
    conference = page.purpose.conference
    spans = tuple(date.interval for date in dates)
    ignored = conference.id if conference else None
    question = replace(question_of(plan, ignore=ignored), spans=spans)
    findings = refuse_clashes(page.session, page.actor, question)
    is_series = bool(plan.rrule)
    doubtful = [s for s in plan.sites if (c := page.conditions.get(s.code)) and c.is_doubtful]
    return render_template(
        "conferencing/booking_review.html",
        plan=plan,
        dates=dates,
        type_labels=dict(TYPES),
        role_labels=dict(ROLES),
        purpose=page.purpose,
        levels=Counter(site.unit.level for site in plan.sites),
        parted=conference is not None
        and is_parted(conference, page.purpose.rows, plan, page.purpose.since),
        warnings=warnings_of(plan, dates[0].interval.start),
        series=series_dates(page.session, page.actor, findings, dates if is_series else ()),
        draft=page.draft,
        doubtful=doubtful,
        conditions=page.conditions,
        notices=page.notices,
        kept=[(k, v) for k, v in posted.items(multi=True) if k not in LEFT_OUT],
    )


def _planned(page: BookingPage, request: BookingRequest) -> tuple[Plan, Sequence[SeriesDate]]:
    conference = page.purpose.conference
    if conference is None:
        plan = check_request(page.session, page.actor, request)
        asked = [
            SeriesDate(date.recurrence_id, date.interval, is_moved=date.is_moved)
            for date in plan.occurrences
        ]
        return plan, sorted(asked, key=lambda date: date.interval.start)
    since = page.purpose.since
    plan = plan_change(page.session, page.actor, conference, request, since)
    dates = settled_by(page.purpose.rows, plan).to_hold(now())
    if not dates:
        raise Conflict(_("Cuộc họp đã kết thúc."))
    return plan, sorted(dates, key=lambda date: date.interval.start)


def warnings_of(plan: Plan, first: datetime) -> list[RuleNotKept]:
    """Return the rules a plan does not keep; none of them forbids it."""
    looked_at = Proposal(
        ConferenceType(plan.request.type),
        Priority(plan.priority),
        first,
        now(),
        bool(plan.request.reason),
    )
    return [_warning(finding) for finding in review_proposal(looked_at, TZ, working_calendar())]


def _warning(finding: Finding) -> RuleNotKept:
    day = date_vi(finding.day)
    sentences = {
        FindingCode.SHORT_NOTICE: _(
            "Giấy mời đáng lẽ phải gửi chậm nhất ngày %(day)s (trước ba ngày làm việc).", day=day
        ),
        FindingCode.REASON_REQUIRED: _("Họp đột xuất cần ghi lý do."),
        FindingCode.WEEKEND: _("Ngày %(day)s là ngày nghỉ cuối tuần.", day=day),
        FindingCode.HOLIDAY: _("Ngày %(day)s là ngày nghỉ lễ.", day=day),
        FindingCode.IN_THE_PAST: _("Giờ bắt đầu đã qua."),
    }
    return RuleNotKept(sentences[finding.code], finding.source)


BOOK: Final = "conference.book"
PREFILLED: Final = ("title", "day", "starts", "ends", "room", "type", "chair")
Save = Callable[[Actor, BookingRequest], Conference]


@bp.get("/conferences/new")
@requires(BOOK)
def new_conference() -> ResponseReturnValue:
    """Show the empty form, or one prefilled by the address (?day=&starts=&room=&sites=)."""
    _keep_for_back()
    given = request.args
    values: Posted = MultiDict([(name, given[name]) for name in PREFILLED if given.get(name)])
    values.setdefault("day", write_day(_next_working_day()))
    values.setdefault("starts", "08:00")
    values.setdefault("ends", "10:00")
    values.setlist("sites", given.getlist("sites"))
    values["open_unit"] = given.get("under", "")
    page = load_page(read_session(), current_actor(), _new(), values)
    if not values.get("room"):
        page.choose_free_room()
    return page.render()


def _keep_for_back() -> None:
    """Let Back and Forward show the page again as it was; posted ones cannot be asked for anew.

    Nothing else is served from there (no-cache), and only to this browser. Who signs out takes
    it along: see ``hub.accounts`` and the script of all pages.
    """

    @after_this_request
    def keep(response: Response) -> Response:
        response.headers["Cache-Control"] = "private, no-cache"
        return response


def _next_working_day() -> date:
    day = local(now()).date() + timedelta(days=1)
    calendar = working_calendar()
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return day


def _new() -> Purpose:
    return Purpose("/conferences/new", "/")


@bp.post("/conferences/new")
@requires(BOOK)
def book_conference() -> ResponseReturnValue:
    """Act on a button of the form of a new conference."""
    return _act(current_actor(), _new(), book_in_transaction)


@bp.get("/conferences/<code>/edit")
@requires(BOOK)
def edit_conference(code: str) -> ResponseReturnValue:
    """Show a conference in the form."""
    _keep_for_back()
    session, actor = read_session(), current_actor()
    conference = _own_conference(actor, code)
    purpose = _existing(conference)
    values = form_values(request_of(conference, purpose.since))
    values["version"] = str(conference.version)
    return load_page(session, actor, purpose, values).render()


@bp.post("/conferences/<code>/edit")
@requires(BOOK)
def change_conference(code: str) -> ResponseReturnValue:
    """Act on a button of the form of an existing conference."""
    actor = current_actor()
    conference = _own_conference(actor, code)

    purpose = _existing(conference)
    since = purpose.since.id if purpose.since else None

    def save(actor: Actor, wanted: BookingRequest) -> Conference:
        seen = seen_in(request.form.get("version"))
        return change_in_transaction(actor, code, wanted, seen, since=since)

    return _act(actor, purpose, save)


def _own_conference(actor: Actor, code: str) -> Conference:
    if request.method == "POST" and not request.form:
        raise BadRequest  # no form of ours is empty
    conference = conference_by_code(read_session(), actor, code)
    actor.require(BOOK, conference.host_unit)
    return conference


def _existing(conference: Conference) -> Purpose:
    page = f"/conferences/{conference.code}"
    asked = request.values.get("since", "")
    if not asked.isdecimal():
        return Purpose(f"{page}/edit", page, conference)
    since = occurrence_of(conference, int(asked))
    return Purpose(f"{page}/edit?since={since.id}", page, conference, since)


@bp.post("/conferences/check")
@requires(BOOK)
def check_places() -> str:
    """Answer the panel alone, for the form while it is being filled in."""
    page = _page_of_part()
    return render_template("conferencing/booking_check_part.html", **page.context(), oob=True)


def _page_of_part() -> BookingPage:
    session, actor = read_session(), current_actor()
    purpose = _new()
    if code := request.form.get("changing"):
        purpose = _existing(conference_by_code(session, actor, code))
    return load_page(session, actor, purpose, request.form)


@bp.get("/conferences/times")
@requires(BOOK)
def find_time() -> str:
    """Show the search for a time of its own address: ?sites=&times_minutes=&times_days=."""
    values: Posted = MultiDict(request.args)
    page = load_page(read_session(), current_actor(), _new(), values)
    return times_page(page, values, "times", "").render("booking_times.html")


@bp.post("/conferences/times")
@requires(BOOK)
def find_time_again() -> str:
    """Answer the part of the search that changes, while its question is being put together."""
    return times_page(_page_of_part(), request.form, "times", "").render("booking_times_part.html")


@bp.post("/conferences/guests")
@requires(BOOK)
def read_guest_list() -> str:
    """Answer the rows of the guests alone, with the pasted list taken in."""
    posted: Posted = MultiDict(request.form)
    told = take_in_guests(posted)
    draft = read_draft(posted)
    mark_unsendable(draft.attendees)
    return render_template(
        "conferencing/booking_guests.html", form=draft.form, draft=draft, roles=ROLES, told=told
    )


def _taken_in(posted: Posted) -> Notices:
    several = len(posted.getlist("attendee_email")) > 1
    return take_in_guests(posted) if several or posted.get("attendees_text", "").strip() else []


def _act(actor: Actor, purpose: Purpose, save: Save) -> ResponseReturnValue:
    _keep_for_back()
    posted: Posted = MultiDict(request.form)
    told = [*_taken_in(posted), *(follow_start(posted) if posted.get(DRAWN) else [])]
    name, _separator, value = posted.get("do", "review").partition(SEPARATOR)
    # Nobody is invited whom the page has not shown as it was understood.
    if name == "confirm" and not told:
        return _confirm(actor, purpose, posted, save)
    page = load_page(read_session(), actor, purpose, posted)
    page.notices += told
    if name in ("review", "confirm"):
        return _both_versions(page, posted) or _review(page, posted)
    if name in TIMES_BUTTONS:
        return times_page(page, posted, name, value).render("booking_times.html")
    changed = apply_action(page, posted, name, value)
    fresh = load_page(read_session(), actor, purpose, changed)
    fresh.notices = page.notices
    return fresh.render()


def _both_versions(page: BookingPage, posted: Posted) -> ResponseReturnValue | None:
    """Show both versions of a conference that somebody saved since; None when none differs.

    From here on the form goes out from what is kept now: to send it again is to choose.
    """
    conference, seen = page.purpose.conference, page.draft.form.seen
    if conference is None or seen is None or conference.version in seen:
        return None
    posted["version"] = page.draft.form.version.data = str(conference.version)
    both = present_beside(page, conference)
    if not both.differences:
        return None
    page.draft.form.both = both
    return page.render(409)


def _wanted(actor: Actor, purpose: Purpose, draft: BookingDraft) -> BookingRequest:
    conference = purpose.conference
    host_unit_id = conference.host_unit_id if conference else None
    try:
        wanted = booking_request(draft, host_unit_id)
        if conference is None:
            return wanted
        shown = {site.code for site in bookable_sites(read_session(), actor)}
        return keep_unshown(conference, wanted, shown)
    except Invalid as refusal:
        rest = _refused_besides(actor, draft, host_unit_id)
        raise Invalid([*refusal.errors, *rest]) from refusal


def _refused_besides(
    actor: Actor, draft: BookingDraft, host_unit_id: int | None
) -> list[FieldError]:
    """Return what is wrong besides the time, so that one round of mending is enough."""
    try:
        check_request(read_session(), actor, request_without_time(draft, host_unit_id))
    except Invalid as refusal:
        return list(refusal.errors)
    return []


def _review(page: BookingPage, posted: Posted) -> ResponseReturnValue:
    try:
        return render_review(page, _wanted(page.actor, page.purpose, page.draft), posted)
    except Invalid as refusal:
        page.draft.add_all(refusal.errors)
        return page.render(422)
    except Conflict as clash:
        page.note_clash(taken_count(clash), clash_notes(clash))
        return page.render(409)


def _confirm(actor: Actor, purpose: Purpose, posted: Posted, save: Save) -> ResponseReturnValue:
    try:
        conference = save(actor, _wanted(actor, purpose, read_draft(posted)))
    except Invalid as refusal:
        page = load_page(read_session(), actor, purpose, posted)
        page.draft.add_all(refusal.errors)
        return page.render(422)
    except Stale:
        page = load_page(read_session(), actor, purpose, posted)
        # The same saved twice, as by a second press, is saved.
        return _both_versions(page, posted) or redirect(purpose.cancel)
    except Conflict as clash:
        page = load_page(read_session(), actor, purpose, posted)
        if purpose.conference is None and (own := just_booked(page, clash)):
            return redirect(f"/conferences/{own.code}")
        page.note_clash(taken_count(clash), clash_notes(clash))
        return page.render(409)
    flash(_saved_words(purpose, conference), "success")
    return redirect(f"/conferences/{conference.code}")


def _saved_words(purpose: Purpose, conference: Conference) -> str:
    if purpose.conference is not None:
        return _("Đã lưu %(code)s. Người được mời sẽ nhận bản cập nhật.", code=conference.code)
    return _("Đã đặt %(code)s. Giấy mời đang được gửi.", code=conference.code)
