"""The inbox: answer for the sites of one's area, and take it back."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from conferencing.blueprint import bp
from conferencing.inbox.forms import BulkAnswerForm, SiteRowForm
from conferencing.inbox.page import Done, Filter, Sent, done_of, inbox_page
from conferencing.inbox.queries import KEEPS
from conferencing.inbox.services import (
    TakenBack,
    Written,
    answer_for_sites,
    refuse_moved,
    take_back,
)
from conferencing.invitations.drafts import SiteReply
from conferencing.invitations.forms import SITE_ANSWERS
from conferencing.occurrences.queries import conference_by_code
from hub.access import current_actor, requires
from hub.db import from_micros, in_transaction, read_session, to_micros
from hub.errors import Conflict, NotFound
from hub.ui.forms import form_values

MOST_TICKED = 1_000
NAMED = 5
# Whole microseconds until the year 2200 have sixteen digits.
LONGEST_MOMENT = 16
Extra = list[tuple[str, str]]


@bp.get("/inbox")
@requires(KEEPS)
def inbox() -> str:
    """Show what waits for an answer of this person's sites."""
    return _page(request.args.get("open", ""), tick=request.args.get("tick") != "none")


@bp.post("/inbox/<code>")
@requires(KEEPS)
def answer_waiting(code: str) -> ResponseReturnValue:
    """Write one answer for the ticked sites; what cannot be taken is named, the rest is saved."""
    # What the reader may not see does not exist, whatever the form holds.
    conference_by_code(read_session(), current_actor(), code)
    form = BulkAnswerForm()
    ticked = tuple(dict.fromkeys(request.form.getlist("site")))[:MOST_TICKED]
    rows = {site: SiteRowForm(prefix=f"{site}-") for site in ticked}
    sent = Sent(form, frozenset(ticked))
    faults = _faults(form, rows)
    if faults or form.errors:
        return _page(code, sent=sent, extra=faults), 422
    replies = {site: _reply(form, row) for site, row in rows.items()}
    seen = _number(request.form.get("seen", ""))

    def act(session: Session) -> Written:
        conference = conference_by_code(session, current_actor(), code)
        refuse_moved(conference, seen)
        return answer_for_sites(session, current_actor(), conference, replies)

    try:
        written = in_transaction(act)
    except Conflict as error:
        return _page(code, sent=sent, extra=[("", error.message)]), 409
    _tell(written)
    at = to_micros(written.at) if written.of_kind("saved") else None
    return redirect(_filter().url(done=code if at else None, at=at, open=code), 303)


@bp.post("/inbox/<code>/undo")
@requires(KEEPS)
def undo_answers(code: str) -> ResponseReturnValue:
    """Put back what stood there before the answers of one moment."""
    at = from_micros(_number(request.form.get("at", "")) or 0)
    actor = current_actor()
    try:
        taken = in_transaction(
            lambda session: take_back(session, actor, conference_by_code(session, actor, code), at)
        )
    except Conflict as error:
        flash(error.message, "warning")
    else:
        _tell_taken(taken)
    return redirect(_filter().url(open=code), 303)


def _filter() -> Filter:
    return Filter(request.args.get("unit", "")[:40], request.args.get("day", "")[:10])


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdecimal() and len(text) <= LONGEST_MOMENT
    return int(text) if is_number else None


def _faults(form: BulkAnswerForm, rows: dict[str, SiteRowForm]) -> Extra:
    """Check everything that was sent; return the sentences for which the head form has no box."""
    form.validate()
    faults = [] if rows else [("#sites", _("Đánh dấu ít nhất một điểm cầu."))]
    for site, row in rows.items():
        row.validate()
        faults += [
            (f"#{row[name].id}", f"{site}: {row[name].label.text}: {sentence}")
            for name, sentences in row.errors.items()
            for sentence in sentences
        ]
    return faults


def _reply(form: BulkAnswerForm, row: SiteRowForm) -> SiteReply:
    return SiteReply.read({**form_values(SiteReply, form), **row.values})


def _tell(written: Written) -> None:
    """Say what was not written and why; what was written the page itself says."""
    again = written.of_kind("unchanged")
    if again:
        flash(ngettext("%(num)s điểm cầu đã trả lời đúng như vậy.",
                       "%(num)s điểm cầu đã trả lời đúng như vậy.", len(again)))  # fmt: skip
    left = written.of_kind("answered", "not_found", "not_allowed")
    if left:
        flash(_("Chưa ghi: %(sites)s", sites=_listed([o.words for o in left])), "warning")


def _tell_taken(taken: TakenBack) -> None:
    if taken.count:
        flash(ngettext("Đã hoàn tác %(num)s trả lời.", "Đã hoàn tác %(num)s trả lời.", taken.count))
    if taken.left:
        flash(
            _(
                "Giữ nguyên vì đã hoàn tác rồi hoặc đã có trả lời mới: %(sites)s.",
                sites=_listed(taken.left, ", "),
            ),
            "warning",
        )


def _listed(words: Sequence[str], between: str = " ") -> str:
    more = len(words) - NAMED
    shown = between.join(words[:NAMED])
    return f"{shown} {_('và %(count)s nơi nữa', count=more)}" if more > 0 else shown


def _page(
    open_code: str, *, tick: bool = True, sent: Sent | None = None, extra: Extra | None = None
) -> str:
    page = inbox_page(read_session(), current_actor(), _filter(), open_code, tick=tick, sent=sent)
    return render_template(
        "conferencing/inbox.html", page=page, done=_done(), extra=extra or [], answers=SITE_ANSWERS
    )


def _done() -> Done | None:
    code, at = request.args.get("done", ""), _number(request.args.get("at", ""))
    if not code or not at:
        return None
    session, actor = read_session(), current_actor()
    try:
        conference = conference_by_code(session, actor, code)
    except NotFound:
        return None
    return done_of(session, actor, conference, from_micros(at), at)
