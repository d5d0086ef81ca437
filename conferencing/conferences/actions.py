"""What one does to a conference from its page: remind, end, move, cancel, send a letter again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from conferencing.access.services import may_change
from conferencing.blueprint import bp
from conferencing.booking.cancelling import cancel, cancel_occurrence
from conferencing.booking.change_plan import occurrence_of
from conferencing.booking.form_refusals import clash_notes
from conferencing.booking.moving import move_in_transaction
from conferencing.conferences.forms import CancelForm, MoveForm, move_form_of
from conferencing.conferences.page import default_occurrence
from conferencing.invitations.answers import refuse_late
from conferencing.invitations.queries import letter_of
from conferencing.invitations.reminders import Reminder, plan_reminder, remind
from conferencing.models import Conference, Occurrence
from conferencing.occurrences.queries import conference_by_code
from conferencing.occurrences.services import end_occurrence as end_occurrence_now
from conferencing.time_words import write_day, write_time
from hub.access import current_actor, requires
from hub.clock import local, now
from hub.db import in_transaction, read_session
from hub.errors import Conflict, Invalid, NotAllowed
from hub.outbox import retry_letter as retry_letter_now
from hub.ui.formats import date_vi, time_vi
from hub.ui.forms import show_errors


@dataclass(frozen=True, slots=True)
class Offer:
    """Another time and its price in words."""

    label: str
    url: str


def offers_of(clash: Conflict, conference: Conference, occurrence: Occurrence) -> list[Offer]:
    """Return the offers that are another time in the same room with some of the sites."""
    found: list[Mapping[str, Any]] = clash.details.get("alternatives", [])
    offers = [_offer(item, conference, occurrence) for item in found]
    now_at = (occurrence.starts_at, occurrence.ends_at)
    return [offer for offer, item in zip(offers, found, strict=True) if _times(item) != now_at]


def _times(item: Mapping[str, Any]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(item["starts_at"]), datetime.fromisoformat(item["ends_at"])


def _offer(item: Mapping[str, Any], conference: Conference, occurrence: Occurrence) -> Offer:
    starts, ends = _times(item)
    url = url_for(
        "conferencing.move_form",
        code=conference.code,
        occurrence_id=occurrence.id,
        day=write_day(local(starts).date()),
        starts=write_time(local(starts).time()),
        ends=write_time(local(ends).time()),
    )
    label = f"{time_vi(starts)}–{time_vi(ends)} {date_vi(starts, 'long')}"
    missing: list[Any] = item.get("missing") or []
    if missing:
        label += " · " + _("thiếu %(count)s điểm cầu", count=len(missing))
    return Offer(label, url)


def managed(session: Session, code: str) -> Conference:
    """Return a conference that this person may change.

    Raises:
        NotFound: there is none that they may see.
        NotAllowed: they may only look at it.
    """
    actor = current_actor()
    conference = conference_by_code(session, actor, code)
    if not may_change(actor, conference):
        raise NotAllowed(_("Chỉ đơn vị mời họp được thay đổi cuộc họp này."))
    return conference


def _back(code: str, tab: str | None = None) -> Response:
    return redirect(url_for("conferencing.show_conference", code=code, tab=tab), 303)


@bp.get("/conferences/<code>/remind")
@requires("conference.book")
def remind_preview(code: str) -> str:
    """Show who would be asked again and who not, before anything is sent."""
    session = read_session()
    conference = managed(session, code)
    closed = ""
    try:
        refuse_late(conference)
    except Conflict as error:
        closed = error.message
    reminder = plan_reminder(session, conference)
    return render_template(
        "conferencing/conference_remind.html",
        conference=conference,
        reminder=reminder,
        closed=closed,
        occurrence=default_occurrence(conference, now()),
    )


@bp.post("/conferences/<code>/remind")
@requires("conference.book")
def remind_conference(code: str) -> ResponseReturnValue:
    """Write again to everybody who has not answered; say why when there is nobody to write to."""
    actor = current_actor()
    reminder = in_transaction(lambda session: remind(session, actor, managed(session, code)))
    count = len(reminder.to)
    if count:
        flash(ngettext("Đã xếp %(num)s thư đôn đốc.", "Đã xếp %(num)s thư đôn đốc.", count))
    else:
        flash(_("Không gửi thư nào: %(why)s", why=" ".join(_reasons(reminder))), "warning")
    return _back(code)


def _reasons(reminder: Reminder) -> list[str]:
    """Say why nobody was written to."""
    reasons = []
    if reminder.asked:
        reasons.append(
            _(
                "%(count)s nơi vừa được đôn đốc lúc %(at)s, gửi lại được từ %(again)s.",
                count=len(reminder.asked),
                at=time_vi(max(at for _who, at in reminder.asked)),
                again=time_vi(reminder.again_at),
            )
        )
    if reminder.unreachable:
        count = len(reminder.unreachable)
        reasons.append(_("%(count)s điểm cầu không có hộp thư, cần gọi điện.", count=count))
    return reasons or [_("mọi nơi đã trả lời.")]


@bp.post("/conferences/<code>/occurrences/<int:occurrence_id>/end")
@requires("conference.book")
def end_occurrence(code: str, occurrence_id: int) -> ResponseReturnValue:
    """End the running date now and give its room and ports back."""
    actor = current_actor()
    in_transaction(
        lambda session: end_occurrence_now(
            session, actor, occurrence_of(managed(session, code), occurrence_id)
        )
    )
    flash(_("Đã kết thúc họp; phòng và cổng được trả lại."))
    return _back(code)


@bp.post("/conferences/<code>/letters/<int:letter_id>/retry")
@requires("conference.book")
def retry_letter(code: str, letter_id: int) -> ResponseReturnValue:
    """Send a letter that failed once more."""
    in_transaction(
        lambda session: retry_letter_now(letter_of(session, managed(session, code).id, letter_id))
    )
    flash(_("Đã xếp thư để gửi lại."))
    return _back(code, tab="invitations")


@bp.get("/conferences/<code>/occurrences/<int:occurrence_id>/move")
@requires("conference.book")
def move_form(code: str, occurrence_id: int) -> str:
    """Ask for the new time of one date."""
    conference = managed(read_session(), code)
    occurrence = occurrence_of(conference, occurrence_id)
    offered = {k: request.args[k][:20] for k in ("day", "starts", "ends") if k in request.args}
    return _move_page(conference, occurrence, move_form_of(occurrence, offered))


@bp.post("/conferences/<code>/occurrences/<int:occurrence_id>/move")
@requires("conference.book")
def move_occurrence(code: str, occurrence_id: int) -> ResponseReturnValue:
    """Move one date; a clash is named beside the form, with other times to choose."""
    conference = managed(read_session(), code)
    occurrence = occurrence_of(conference, occurrence_id)
    form = MoveForm()
    if not form.validate_on_submit():
        return _move_page(conference, occurrence, form), 422
    starts, ends = form.moments()
    try:
        move_in_transaction(current_actor(), code, occurrence_id, starts, ends)
    except Invalid as error:
        return _move_page(conference, occurrence, form, show_errors(form, error.errors)), 422
    except Conflict as clash:
        return _move_page(conference, occurrence, form, clash=clash), 409
    flash(_("Đã dời. Thư báo giờ mới đang gửi tới các nơi được mời."))
    return _back(code)


def _move_page(
    conference: Conference,
    occurrence: Occurrence,
    form: MoveForm,
    extra: list[tuple[str, str]] | None = None,
    clash: Conflict | None = None,
) -> str:
    return render_template(
        "conferencing/conference_move.html",
        conference=conference,
        occurrence=occurrence,
        form=form,
        extra=extra or [],
        clashes=clash_notes(clash) if clash else [],
        offers=offers_of(clash, conference, occurrence) if clash else [],
    )


@bp.get("/conferences/<code>/cancel")
@requires("conference.book")
def cancel_form(code: str) -> str:
    """Ask why the conference, or one date of it, is off."""
    conference = managed(read_session(), code)
    return _cancel_page(conference, _asked_occurrence(conference), CancelForm())


@bp.post("/conferences/<code>/cancel")
@requires("conference.book")
def cancel_conference(code: str) -> ResponseReturnValue:
    """Cancel the conference or one date; everybody invited is told."""
    form = CancelForm()
    if not form.validate_on_submit():
        conference = managed(read_session(), code)
        return _cancel_page(conference, _asked_occurrence(conference), form), 422
    actor, reason = current_actor(), form.reason_text

    def act(session: Session) -> None:
        conference = managed(session, code)
        occurrence = _asked_occurrence(conference)
        if occurrence is None or form.is_following:
            cancel(session, actor, conference, reason, since=occurrence)
        else:
            cancel_occurrence(session, actor, occurrence, reason)

    in_transaction(act)
    flash(_("Đã hủy. Thư báo hủy đang gửi tới các nơi được mời."))
    return _back(code)


def _asked_occurrence(conference: Conference) -> Occurrence | None:
    asked = request.args.get("occurrence", "")
    if not asked.isdecimal() or len(conference.occurrences) == 1:
        return None
    return occurrence_of(conference, int(asked))


def _cancel_page(conference: Conference, occurrence: Occurrence | None, form: CancelForm) -> str:
    ahead = [o for o in conference.occurrences if o.status != "CANCELLED" and o.ends_at > now()]
    return render_template(
        "conferencing/conference_cancel.html",
        conference=conference,
        occurrence=occurrence,
        ahead=len(ahead),
        first=(ahead or conference.occurrences)[0],
        following=_count_since(ahead, occurrence) if occurrence else 0,
        form=form,
    )


def _count_since(ahead: Sequence[Occurrence], occurrence: Occurrence) -> int:
    return sum(other.recurrence_id >= occurrence.recurrence_id for other in ahead)
