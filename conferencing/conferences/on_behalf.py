"""The answer a site gave by telephone, written down by whoever keeps the site or the conference."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing.blueprint import bp
from conferencing.conferences.forms import OnBehalfForm
from conferencing.invitations.answers import answer_for_site, may_answer_for, signed
from conferencing.invitations.drafts import SiteReply
from conferencing.invitations.forms import form_for
from conferencing.models import Conference, ConferenceSite
from conferencing.occurrences.queries import conference_by_code
from hub.access import current_actor, requires
from hub.db import in_transaction, read_session
from hub.errors import Conflict, Invalid, NotFound
from hub.ui.forms import read_form, show_errors


@bp.get("/conferences/<code>/sites/<site_code>/answer")
@requires("conference.view")
def answer_for_form(code: str, site_code: str) -> str:
    """Ask what a site said by telephone."""
    row = _site_row(read_session(), code, site_code)
    values = form_for(row).data
    # Whoever is asked today need not be who answered last time.
    return _page(row, OnBehalfForm(data={**values, "answered_by": ""}))


@bp.post("/conferences/<code>/sites/<site_code>/answer")
@requires("conference.view")
def answer_for(code: str, site_code: str) -> ResponseReturnValue:
    """Write down what a site said by telephone, and who wrote it."""
    row = _site_row(read_session(), code, site_code)
    form, actor = OnBehalfForm(), current_actor()
    if not form.validate_on_submit():
        return _page(row, form), 422
    try:
        reply = signed(read_form(SiteReply, form), actor.name)
        in_transaction(
            lambda session: answer_for_site(
                session, actor, _site_row(session, code, site_code).conference, site_code, reply
            )
        )
    except Invalid as error:
        return _page(row, form, show_errors(form, error.errors)), 422
    except Conflict as error:
        return _page(row, form, [("", error.message)]), 409
    flash(_("Đã ghi trả lời của %(site)s.", site=row.site.name))
    return redirect(url_for("conferencing.show_conference", code=code), 303)


def _site_row(session: Session, code: str, site_code: str) -> ConferenceSite:
    """Return the site's place in the conference.

    Raises:
        NotFound: not a conference or a site of this person's area.
        NotAllowed: they may only look.
    """
    actor = current_actor()
    conference: Conference = conference_by_code(session, actor, code)
    for row in conference.sites:
        if row.site.code == site_code:
            if not may_answer_for(actor, row):
                actor.require("site.manage", row.site.unit)
            return row
    raise NotFound("")


def _page(
    row: ConferenceSite, form: OnBehalfForm, extra: list[tuple[str, str]] | None = None
) -> str:
    return render_template(
        "conferencing/conference_answer_for.html",
        conference=row.conference,
        row=row,
        form=form,
        extra=extra or [],
    )
