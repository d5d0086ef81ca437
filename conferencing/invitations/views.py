"""The public answer page: a site or a person answers by the link of their letter.

Who knows the secret in the address may answer; there is no login, no cookie and no script. The
form therefore has no CSRF token (there is no session another page could misuse: without the
secret nothing can be posted). As a second wall a form sent from a page of another origin is
refused. A GET never changes anything: mail scanners follow every link, so ``?choice=`` of the
letter's quick buttons only marks an answer that the reader still has to send.

The browser's Referer stays on this site (``Referrer-Policy: same-origin``; ``no-referrer`` would
make browsers send ``Origin: null`` with the form) and nothing here is kept in a cache.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from conferencing.blueprint import bp
from conferencing.invitations.answers import (
    answer_attendee,
    answer_site,
    dates_ahead,
    find_answer,
    refuse_stale,
    version_of,
)
from conferencing.invitations.calendar_file import calendar_file
from conferencing.invitations.drafts import PersonReply, SiteReply
from conferencing.invitations.forms import AttendeeAnswerForm, SiteAnswerForm, form_for
from conferencing.invitations.letter_text import contact_of, technician_of
from conferencing.models import Attendee, ConferenceSite, Occurrence
from hub.access import public
from hub.brakes import limiter
from hub.clock import now
from hub.db import in_transaction, read_session
from hub.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.http import host_of, own_hosts
from hub.ui.forms import read_form, show_errors

CHOICES = {"accepted": "ACCEPTED", "declined": "DECLINED", "delegated": "DELEGATED"}
SHOWN_DATES = 3
GUESSES = "30 per minute"
Invited = ConferenceSite | Attendee
AnswerForm = SiteAnswerForm | AttendeeAnswerForm


def register(app: Flask) -> None:
    """Free the public form from the CSRF token; the module's first lines say why."""
    protect: CSRFProtect = app.extensions["csrf"]
    protect.exempt(save_answer)


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates a letter invites to, and whether an answer is still taken.

    ``is_off`` says that none of them takes place.
    """

    shown: tuple[Occurrence, ...]
    further: int
    closed: str = ""
    is_off: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the answer may still be given or changed."""
        return not self.closed


def dates_of(invited: Invited, at: datetime) -> Dates:
    """Say which dates lie ahead; with none the answer is closed and the reason given."""
    conference = invited.conference
    held = [o for o in conference.occurrences if o.status != "CANCELLED"]
    if conference.status == "CANCELLED" or not held:
        return Dates(tuple(conference.occurrences[:SHOWN_DATES]), 0, _("Hội nghị đã hủy."), True)
    ahead = dates_ahead(conference, at)
    if not ahead:
        over = held[-1].ends_at <= at or held[-1].ended_at is not None
        closed = _("Hội nghị đã kết thúc.") if over else _("Hội nghị đã bắt đầu.")
        return Dates((held[-1],), 0, closed)
    return Dates(tuple(ahead[:SHOWN_DATES]), len(ahead[SHOWN_DATES:]))


def _wrong(response: Response) -> bool:
    return response.status_code == 404


@bp.get("/answer/<secret>")
@public
@limiter.limit(GUESSES, deduct_when=_wrong)
def answer_page(secret: str) -> ResponseReturnValue:
    """Show the invitation, what was answered so far and the form."""
    try:
        invited = find_answer(read_session(), secret)
    except NotFound:
        return _unknown()
    choice = CHOICES.get(request.args.get("choice", ""))
    form = form_for(invited, **({"partstat": choice} if choice else {}))
    return _page(invited, secret, form)


@bp.post("/answer/<secret>")
@public
@limiter.limit(GUESSES)
def save_answer(secret: str) -> ResponseReturnValue:
    """Store the answer and show the page again, so that a reload sends nothing twice."""
    _refuse_foreign_page()
    try:
        invited = find_answer(read_session(), secret)
    except NotFound:
        return _unknown()
    form: AnswerForm = AttendeeAnswerForm() if isinstance(invited, Attendee) else SiteAnswerForm()
    if not dates_of(invited, now()).is_open:
        return _page(invited, secret, form, is_refused=True), 409
    if not form.validate_on_submit():
        return _page(invited, secret, form), 422
    try:
        _store(secret, form, request.form.get("seen", ""))
    except Invalid as error:
        extra = show_errors(form, error.errors)
        return _page(invited, secret, form, extra), 422
    except Conflict as error:
        return _page(invited, secret, form, [("", error.message)]), 409
    return redirect(url_for("conferencing.answer_page", secret=secret, saved=1), 303)


def _store(secret: str, form: AnswerForm, seen: str) -> None:
    is_site = isinstance(form, SiteAnswerForm)
    reply = read_form(SiteReply, form) if is_site else read_form(PersonReply, form)

    def act(session: Session) -> None:
        refuse_stale(find_answer(session, secret), seen, reply)
        if isinstance(reply, SiteReply):
            answer_site(session, secret, reply)
        else:
            answer_attendee(session, secret, reply)

    in_transaction(act)


@bp.get("/answer/<secret>.ics")
@public
@limiter.limit(GUESSES, deduct_when=_wrong)
def answer_calendar(secret: str) -> ResponseReturnValue:
    """Give the conference as a calendar file, for mail readers without calendar buttons."""
    try:
        invited = find_answer(read_session(), secret)
    except NotFound:
        return _unknown()
    return calendar_file(invited.conference)


def _page(
    invited: Invited,
    secret: str,
    form: AnswerForm,
    extra: list[tuple[str, str]] | None = None,
    *,
    is_refused: bool = False,
) -> str:
    conference = invited.conference
    return _vietnamese(
        "conferencing/answer.html",
        invited=invited,
        conference=conference,
        contact=contact_of(read_session(), conference),
        technician=technician_of(conference),
        version=version_of(invited),
        is_refused=is_refused,
        site=invited.site if isinstance(invited, ConferenceSite) else None,
        dates=dates_of(invited, now()),
        form=form,
        extra=extra or [],
        secret=secret,
        is_saved="saved" in request.args and invited.answered_at is not None,
    )


def _unknown() -> ResponseReturnValue:
    return _vietnamese("conferencing/answer_unknown.html"), 404


def _vietnamese(template: str, **values: Any) -> str:
    # In the language of the letter, whatever the machine at the commune asks for.
    with force_locale("vi"):
        return render_template(template, locale="vi", **values)


def _refuse_foreign_page() -> None:
    """Refuse a form that a page of another origin sent.

    Raises:
        NotAllowed: the browser says that the form is not ours.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        raise NotAllowed(_("Mẫu trả lời phải gửi từ chính trang này. Mở lại liên kết trong thư."))
    origin = request.headers.get("Origin")
    if origin is not None and host_of(origin) not in own_hosts():
        raise NotAllowed(_("Mẫu trả lời phải gửi từ chính trang này. Mở lại liên kết trong thư."))
