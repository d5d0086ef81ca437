"""Sign-in, sign-out and who the browser or token of this request belongs to."""

from dataclasses import replace

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as form_session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from hub.access.actor import SYSTEM, actor_of, current_actor, maybe_actor
from hub.access.policy import public, signed_in
from hub.accounts import attempts
from hub.accounts.attempts import TooManyAttempts, count_attempt, forgive, make_known
from hub.accounts.models import ApiToken, UserSession
from hub.accounts.passwords import hash_password, needs_rehash
from hub.accounts.services import (
    TOUCH_EVERY,
    check_credentials,
    end_all_sessions,
    end_session,
    needs_touch,
    open_session,
    session_user,
    token_by_secret,
)
from hub.audit import record_audit
from hub.brakes import limiter
from hub.clock import now
from hub.db import read_session, transaction, write_if_free
from hub.http import own_path
from hub.text import clean

SESSION_COOKIE = "nhipcau_session"
bp = Blueprint("accounts", __name__, template_folder="templates")


def register(app: Flask) -> None:
    """Identify the actor of every request and serve the sign-in pages."""
    limiter.init_app(app)
    attempts.register(app)
    app.before_request(identify)
    app.register_blueprint(bp)


def identify() -> None:
    """Set the actor: from the bearer token on the API, from the session cookie elsewhere.

    The API never reads a cookie, so a page of another origin cannot make a signed-in browser
    call it (no ambient authority, hence no CSRF token there).
    """
    g.hub_actor = None
    if request.path.startswith("/api/"):
        _identify_token(request.headers.get("Authorization", ""))
        return
    secret = request.cookies.get(SESSION_COOKIE)
    if secret and (found := session_user(read_session(), secret)):
        user, row = found
        g.hub_actor = actor_of(user)
        g.hub_session_id = row.id
        if needs_touch(row, now()):
            write_if_free(lambda session: _mark(session, row, "last_seen_at"))


def _identify_token(authorization: str) -> None:
    scheme, _separator, secret = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return
    token = token_by_secret(read_session(), secret.strip())
    if token is not None:
        g.hub_actor = actor_of(token.user, token.scope)
        g.hub_token_id = token.id
        if token.last_used_at is None or now() - token.last_used_at > TOUCH_EVERY:
            write_if_free(lambda session: _mark(session, token, "last_used_at"))


def _mark(session: Session, row: UserSession | ApiToken, column: str) -> None:
    setattr(session.merge(row), column, now())


def safe_target(target: str | None) -> str:
    """Return where to go next: only a path of ours, never another host."""
    return own_path(target) or url_for("home.home")


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Show the sign-in form; whoever is signed in already goes where they wanted."""
    target = request.args.get("next", "")
    if maybe_actor() is not None:
        return redirect(safe_target(target))
    return _sign_in_page(target)


def _sign_in_page(target: str, error: str = "", username: str = "") -> str:
    page = "accounts/sign_in.html"
    return render_template(page, next=target, error=error, username=username)


def _too_many(refused: TooManyAttempts) -> Response:
    minutes = -(-refused.seconds // 60)
    error = _("Thử quá nhiều lần. Đợi %(minutes)s phút rồi thử lại.", minutes=minutes)
    typed = request.form.get("username", "")[:200]
    page = _sign_in_page(request.form.get("next", ""), error, typed)
    response = make_response(page, 429)
    response.headers["Retry-After"] = str(refused.seconds)
    return response


@bp.post("/sign-in")
@public
def sign_in_submit() -> ResponseReturnValue:
    """Check name and password; say the same whichever of them was wrong."""
    username, password = request.form.get("username", ""), request.form.get("password", "")
    try:
        count_attempt(username)
    except TooManyAttempts as refused:
        return _too_many(refused)
    user = check_credentials(read_session(), username, password)
    if user is None:
        with transaction() as session:
            nobody = replace(SYSTEM, name=_("Chưa đăng nhập"))
            record_audit(session, "hub:account:refused", clean(username)[:60], actor=nobody)
        error = _(
            "Tên đăng nhập hoặc mật khẩu không đúng. Kiểm tra bộ gõ tiếng Việt và phím Caps Lock."
        )
        return _sign_in_page(request.form.get("next", ""), error, username), 401
    with transaction() as session:
        user = session.merge(user)
        if needs_rehash(user.password_hash):
            user.password_hash = hash_password(password)
        agent = request.headers.get("User-Agent", "")
        secret = open_session(session, user, request.remote_addr or "", agent)
        record_audit(session, "hub:account:signed_in", user.username, actor=actor_of(user))
    forgive(username)
    # The CSRF token that an earlier person of this browser saw is of no use any more.
    form_session.clear()
    response = redirect(safe_target(request.form.get("next")))
    set_session_cookie(response, secret)
    make_known(response, username, secure=_is_secure())
    return response


def _is_secure() -> bool:
    return bool(request.is_secure or current_app.config["SESSION_COOKIE_SECURE"])


def set_session_cookie(response: AnyResponse, secret: str) -> None:
    """Give the browser its session secret; Secure wherever the address is https."""
    response.set_cookie(
        SESSION_COOKIE, secret, httponly=True, samesite="Lax", path="/", secure=_is_secure()
    )


@bp.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """Sign out this browser."""
    with transaction() as session:
        end_session(session, request.cookies.get(SESSION_COOKIE, ""))
        record_audit(session, "hub:account:signed_out", current_actor().username)
    return _signed_out(_("Đã đăng xuất."))


@bp.post("/sign-out-everywhere")
@signed_in
def sign_out_everywhere() -> ResponseReturnValue:
    """Sign out every browser of this person."""
    actor = current_actor()
    with transaction() as session:
        end_all_sessions(session, actor.user_id or 0)
        record_audit(session, "hub:account:signed_out_everywhere", actor.username)
    return _signed_out(_("Đã đăng xuất khỏi mọi thiết bị."))


def _signed_out(message: str) -> AnyResponse:
    flash(message, "success")
    response = redirect(url_for("accounts.sign_in"))
    response.delete_cookie(SESSION_COOKIE, path="/")
    # Pages kept for Back go with the session (browsers listen over https only).
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
