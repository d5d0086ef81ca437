"""What a person may change about their own account, and the browsers they are signed in with."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.models import User
from hub.accounts.models import UserSession
from hub.accounts.passwords import password_matches
from hub.accounts.services import IDLE_LIFE, open_session, set_password
from hub.audit import record_audit
from hub.clock import now
from hub.errors import FieldError, Invalid, NotFound
from hub.text import clean
from hub.versions import Seen, claim

LOCALES = ("vi", "en")
THEMES = ("light", "dark")


def save_preferences(
    session: Session, user_id: int, *, locale: str | None = None, theme: str | None = None
) -> None:
    """Keep language and theme on the account; unknown values change nothing."""
    user = session.get_one(User, user_id)
    if locale in LOCALES:
        user.locale = locale
    if theme in THEMES:
        user.theme = theme


def save_profile(
    session: Session, user_id: int, *, title: str, phone: str, seen: Seen = None
) -> None:
    """Change what a person may say about themselves; name and e-mail are the administrator's.

    Raises:
        Stale: the account was changed since.
    """
    user = session.get_one(User, user_id)
    claim(session, user, seen)
    user.title, user.phone = clean(title), clean(phone)
    record_audit(session, "hub:account:edited", user.username)


def change_password(
    session: Session, user_id: int, current: str, new: str, *, remote_addr: str, user_agent: str
) -> str:
    """Change one's own password; every browser is signed out, this one gets a new session.

    Raises:
        Invalid: the present password is wrong or the new one is too short or unchanged.
    """
    user = session.get_one(User, user_id)
    if not password_matches(user.password_hash, current):
        raise Invalid([FieldError("current", _("Mật khẩu hiện tại không đúng."))])
    if new in {current, user.username}:
        raise Invalid([FieldError("password", _("Chọn mật khẩu khác mật khẩu cũ và tên."))])
    set_password(session, user, new)
    record_audit(session, "hub:account:password_changed", user.username)
    return open_session(session, user, remote_addr, user_agent)


def live_sessions(session: Session, user_id: int) -> Sequence[UserSession]:
    """Return the browsers that are signed in as this user, the latest used first."""
    at = now()
    query = select(UserSession).where(
        UserSession.user_id == user_id,
        UserSession.ended_at.is_(None),
        UserSession.expires_at > at,
        UserSession.last_seen_at > at - IDLE_LIFE,
    )
    return session.scalars(query.order_by(UserSession.last_seen_at.desc())).all()


def end_one_session(session: Session, user_id: int, session_id: int) -> None:
    """Sign out one browser of this user.

    Raises:
        NotFound: it is not one of theirs.
    """
    row = session.get(UserSession, session_id)
    if row is None or row.user_id != user_id:
        raise NotFound("")
    row.ended_at = row.ended_at or now()
    record_audit(session, "hub:account:session_ended", str(session_id))
