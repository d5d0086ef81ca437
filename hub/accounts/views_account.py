"""My account: profile, password, language and theme, the browsers I am signed in with."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access import maybe_actor, public, signed_in
from hub.access.actor import current_actor
from hub.access.models import User
from hub.accounts.attempts import TooManyAttempts, count_password_change
from hub.accounts.forms import PasswordForm, ProfileForm
from hub.accounts.own import (
    LOCALES,
    THEMES,
    change_password,
    end_one_session,
    live_sessions,
    save_preferences,
    save_profile,
)
from hub.accounts.views import set_session_cookie
from hub.audit.queries import last_saved
from hub.db import read_session, transaction
from hub.errors import Invalid
from hub.http import own_path
from hub.ui.editing import Kept
from hub.ui.forms import keep_form

CHOICES = {"locale": LOCALES, "theme": THEMES}
REMEMBER_S = 365 * 24 * 3600

bp = Blueprint("account", __name__, template_folder="templates")


def _my_id() -> int:
    return current_actor().user_id or 0


@bp.get("/account")
@signed_in
def index() -> str:
    """Show profile, password form and sessions."""
    return _page()


def _page(profile: ProfileForm | None = None, password: PasswordForm | None = None) -> str:
    session = read_session()
    user = session.get_one(User, _my_id())
    return render_template(
        "accounts/account.html",
        user=user,
        profile=profile or ProfileForm(obj=user),
        password=password or PasswordForm(),
        sessions=live_sessions(session, user.id),
        this_session=g.get("hub_session_id"),
    )


@bp.post("/account/profile")
@signed_in
def save() -> ResponseReturnValue:
    """Save title, phone, language and theme."""
    form, me = ProfileForm(request.form), _my_id()

    def act(session: Session) -> bool:
        title, phone = form.title.data or "", form.phone.data or ""
        save_profile(session, me, title=title, phone=phone, seen=form.seen)
        save_preferences(session, me, locale=form.locale.data, theme=form.theme.data)
        return True

    kept, _homeless = keep_form(form, act, present=_present)
    if not kept:
        return _page(profile=form), form.refusal
    flash(_("Đã lưu hồ sơ."), "success")
    return redirect(url_for("account.index"))


def _present() -> Kept:
    session = read_session()
    user = session.get_one(User, _my_id())
    saved = last_saved(session, "hub:account", user.username)
    return Kept(ProfileForm(obj=user), url_for("account.index"), saved)


@bp.post("/account/password")
@signed_in
def password() -> ResponseReturnValue:
    """Change the password; other browsers are signed out."""
    form = PasswordForm(request.form)
    if not form.validate():
        return _page(password=form), 422
    try:
        count_password_change(_my_id())
        with transaction() as session:
            secret = change_password(
                session,
                _my_id(),
                form.current.data,
                form.password.data,
                remote_addr=request.remote_addr or "",
                user_agent=request.headers.get("User-Agent", ""),
            )
    except TooManyAttempts as refused:
        minutes = -(-refused.seconds // 60)
        form.current.errors = [
            _("Thử quá nhiều lần. Đợi %(minutes)s phút rồi thử lại.", minutes=minutes)
        ]
        return _page(password=form), 429, {"Retry-After": str(refused.seconds)}
    except Invalid as error:
        for fault in error.errors:
            form[fault.field].errors = [fault.message]
        return _page(password=form), 422
    flash(_("Đã đổi mật khẩu. Các thiết bị khác đã bị đăng xuất."), "success")
    response = redirect(url_for("account.index"))
    set_session_cookie(response, secret)
    return response


@bp.post("/account/sessions/<int:session_id>/end")
@signed_in
def end_session(session_id: int) -> ResponseReturnValue:
    """Sign out one of my browsers."""
    with transaction() as session:
        end_one_session(session, _my_id(), session_id)
    flash(_("Đã đăng xuất thiết bị đó."), "success")
    return redirect(url_for("account.index"))


@bp.post("/ui/preferences")
@public
def choose_preferences() -> ResponseReturnValue:
    """Keep language and theme on the account and in this browser; go back to the page."""
    actor = maybe_actor()
    if actor is not None and actor.user_id is not None:
        locale, theme = request.form.get("locale"), request.form.get("theme")
        with transaction() as session:
            save_preferences(session, actor.user_id, locale=locale, theme=theme)
    response = redirect(own_path(request.form.get("next")) or "/")
    for name, allowed in CHOICES.items():
        value = request.form.get(name)
        if value in allowed:
            response.set_cookie(
                name,
                value,
                max_age=REMEMBER_S,
                samesite="Lax",
                httponly=True,
                secure=request.is_secure,
            )
    return response
