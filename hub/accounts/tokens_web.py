"""API tokens: create (the secret is shown once), list, revoke."""

from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.accounts import signed_in
from hub.accounts.actor import current_actor
from hub.accounts.forms import TokenForm
from hub.accounts.people import MANAGE
from hub.accounts.services import create_token, revoke_token
from hub.accounts.tokens import owner, token_to_revoke, tokens_of
from hub.audit import record_audit
from hub.clock import TZ, local, now
from hub.db import read_session, transaction

bp = Blueprint("tokens", __name__, template_folder="templates")


@bp.get("/tokens")
@signed_in
def index() -> str:
    """Show my tokens; administrators may ask for those of everyone they administer."""
    return _page(TokenForm())


def _page(form: TokenForm, secret: str = "") -> str:
    actor = current_actor()
    everyone = actor.can(MANAGE) and request.args.get("of") == "all"
    tokens = tokens_of(read_session(), actor, everyone=everyone)
    return render_template(
        "accounts/tokens.html",
        form=form,
        secret=secret,
        tokens=tokens,
        everyone=everyone,
        may_see_all=actor.can(MANAGE),
    )


@bp.post("/tokens")
@signed_in
def create() -> ResponseReturnValue:
    """Create a token and show its secret, this once."""
    form = TokenForm(request.form)
    valid = form.validate()
    if form.expires_on.data and form.expires_on.data < local(now()).date():
        form.expires_on.errors = [_("Ngày hết hạn đã qua.")]
        valid = False
    if not valid:
        return _page(form), 422
    with transaction() as session:
        user = owner(session, current_actor())
        token, secret = create_token(
            session,
            user,
            scope=form.scope.data,
            label=form.label.data,
            expires_at=_end_of(form),
        )
        detail = {"scope": token.scope, "label": token.label}
        record_audit(session, "hub:token:created", token.prefix, detail=detail)
    return _page(TokenForm(), secret), 201


def _end_of(form: TokenForm) -> datetime | None:
    """Return the end of the day chosen: a token works through its last day."""
    day = form.expires_on.data
    if day is None:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=TZ) + timedelta(days=1)


@bp.post("/tokens/<int:token_id>/revoke")
@signed_in
def revoke(token_id: int) -> ResponseReturnValue:
    """Make a token useless."""
    with transaction() as session:
        token = token_to_revoke(session, current_actor(), token_id)
        revoke_token(session, token)
        record_audit(session, "hub:token:revoked", token.prefix)
    flash(_("Đã thu hồi mã %(prefix)s.", prefix=token.prefix), "success")
    return redirect(url_for("tokens.index", of=request.args.get("of")))
