"""The page "Kiểm tra lại": what will be booked, who is told, which rules it does not keep."""

from collections import Counter
from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _

from conferencing.availability.working_days import working_calendar
from conferencing.booking.actions import Posted
from conferencing.booking.forms import TYPES
from conferencing.booking.page import BookingPage
from conferencing.booking.plan import Plan, check_request
from conferencing.booking.services import question_of, refuse_clashes
from conferencing.domain.policy import (
    ConferenceType,
    Finding,
    FindingCode,
    Priority,
    review_plan,
)
from conferencing.domain.policy import Plan as PolicyPlan
from conferencing.requests import BookingRequest
from hub.clock import TZ, now
from hub.ui.formats import date_vi

LEFT_OUT = {"csrf_token", "do", "find", "group_name"}


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
    plan = check_request(page.session, page.actor, request)
    conference = page.purpose.conference
    question = question_of(plan, ignore=conference.id if conference else None)
    refuse_clashes(page.session, page.actor, question)
    doubtful = [s for s in plan.sites if (c := page.conditions.get(s.code)) and c.is_doubtful]
    return render_template(
        "conferencing/booking_review.html",
        plan=plan,
        type_labels=dict(TYPES),
        purpose=page.purpose,
        levels=Counter(site.unit.level for site in plan.sites),
        warnings=warnings_of(plan),
        doubtful=doubtful,
        conditions=page.conditions,
        kept=[(k, v) for k, v in posted.items(multi=True) if k not in LEFT_OUT],
    )


def warnings_of(plan: Plan) -> list[RuleNotKept]:
    """Return the rules a plan does not keep; none of them forbids it."""
    looked_at = PolicyPlan(
        ConferenceType(plan.request.type),
        Priority(plan.priority),
        plan.spans[0].start,
        now(),
        bool(plan.request.reason),
    )
    return [_warning(finding) for finding in review_plan(looked_at, TZ, working_calendar())]


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
