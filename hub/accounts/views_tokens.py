"""API tokens: create (the secret is shown once), list, revoke."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import signed_in
from hub.access.actor import Actor, current_actor
from hub.access.models import User
from hub.accounts.forms import TokenForm
from hub.accounts.models import ApiToken
from hub.accounts.people import MANAGE, managed_person
from hub.accounts.services import create_token, revoke_token
from hub.audit import record_audit
from hub.clock import TZ, local, now
from hub.db import read_session, transaction
from hub.errors import NotAllowed, NotFound


def tokens_of(session: Session, actor: Actor, *, everyone: bool = False) -> Sequence[ApiToken]:
    """Return tokens, newest first; ``everyone`` gives those of all administered people."""
    query = select(ApiToken).order_by(ApiToken.created_at.desc())
    if not everyone:
        return session.scalars(query.where(ApiToken.user_id == actor.user_id)).all()
    return [token for token in session.scalars(query) if may_revoke(session, actor, token)]


def may_revoke(session: Session, actor: Actor, token: ApiToken) -> bool:
    """Whether the token is the actor's own or of somebody they administer."""
    if token.user_id == actor.user_id:
        return True
    if not actor.can(MANAGE):
        return False
    try:
        managed_person(session, actor, token.user.username)
    except (NotAllowed, NotFound):
        return False
    return True


def token_to_revoke(session: Session, actor: Actor, token_id: int) -> ApiToken:
    """Return the token, if the actor may revoke it.

    Raises:
        NotFound: there is none, or it belongs to somebody else.
    """
    token = session.get(ApiToken, token_id)
    if token is None or not may_revoke(session, actor, token):
        raise NotFound("")
    return token


def owner(session: Session, actor: Actor) -> User:
    """Return the account behind the actor.

    Raises:
        NotAllowed: the actor is the system itself.
    """
    if actor.user_id is None:
        raise NotAllowed("")
    return session.get_one(User, actor.user_id)


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
