"""Signing in and out, accounts, roles and tokens."""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.access.capabilities import ROLES
from hub.access.models import OrgUnit, User, UserRole
from hub.accounts.models import ApiToken, UserSession
from hub.accounts.passwords import (
    MAX_LENGTH,
    MIN_LENGTH,
    hash_password,
    new_secret,
    password_matches,
    secret_hash,
)
from hub.clock import now
from hub.errors import Conflict, FieldError, Invalid
from hub.text import clean, fold

SESSION_LIFE = timedelta(hours=12)
IDLE_LIFE = timedelta(hours=4)
TOUCH_EVERY = timedelta(minutes=1)
TOKEN_SCOPES = ("read", "write", "admin")


def find_user(session: Session, username: str) -> User | None:
    """Return the account of a name, upper or lower case."""
    return session.scalar(select(User).where(User.username == clean(username).casefold()))


def check_credentials(session: Session, username: str, password: str) -> User | None:
    """Return the user when name and password fit and the account is in use."""
    user = find_user(session, username)
    fits = password_matches(user.password_hash if user else None, password)
    return user if fits and user is not None and user.is_active else None


def open_session(session: Session, user: User, remote_addr: str, user_agent: str) -> str:
    """Start a signed-in browser session; return its secret, shown to the browser only."""
    secret = new_secret()
    at = now()
    session.add(
        UserSession(
            user_id=user.id,
            token_hash=secret_hash(secret),
            created_at=at,
            last_seen_at=at,
            expires_at=at + SESSION_LIFE,
            remote_addr=remote_addr[:60],
            user_agent=user_agent[:200],
        )
    )
    user.last_login_at = at
    return secret


def session_user(session: Session, secret: str) -> tuple[User, UserSession] | None:
    """Return the user of a live session secret."""
    at = now()
    row = session.scalar(
        select(UserSession).where(
            UserSession.token_hash == secret_hash(secret),
            UserSession.ended_at.is_(None),
            UserSession.expires_at > at,
            UserSession.last_seen_at > at - IDLE_LIFE,
        )
    )
    if row is None:
        return None
    user = session.get(User, row.user_id)
    return (user, row) if user is not None and user.is_active else None


def needs_touch(row: UserSession, at: datetime) -> bool:
    """Whether "last seen" is old enough to be worth a write."""
    return at - row.last_seen_at > TOUCH_EVERY


def end_session(session: Session, secret: str) -> None:
    """Sign out this browser."""
    _end(session, UserSession.token_hash == secret_hash(secret))


def end_all_sessions(session: Session, user_id: int) -> None:
    """Sign out the user everywhere."""
    _end(session, UserSession.user_id == user_id)


def _end(session: Session, which: object) -> None:
    session.execute(
        update(UserSession)
        .where(which, UserSession.ended_at.is_(None))  # type: ignore[arg-type]
        .values(ended_at=now())
    )


def refuse_taken_address(session: Session, email: str, user_id: int | None = None) -> None:
    """Refuse an address that another account has.

    Whoever is invited by an address sees the conference, so an administrator of a small area
    must not be able to give somebody else's address to an account of their own.

    Raises:
        Conflict: another account has it.
    """
    wanted = clean(email).lower()
    query = select(User.id).where(func.lower(User.email) == wanted, User.id != (user_id or 0))
    if wanted and session.scalars(query).first() is not None:
        message = _("Địa chỉ thư này là của một tài khoản khác.")
        raise Conflict(message, {"field": "email"})


def add_user(
    session: Session,
    *,
    username: str,
    full_name: str,
    password: str,
    email: str = "",
    title: str = "",
    phone: str = "",
) -> User:
    """Create an account without roles.

    Raises:
        Invalid: the password is too short or a field is empty.
        Conflict: the name is taken, or the address is that of another account.
    """
    check_password(password)
    name = clean(username).casefold()
    if not name or not clean(full_name):
        raise Invalid([FieldError("username", _("Cần tên đăng nhập và họ tên."))])
    if find_user(session, name):
        raise Conflict(_("Tên đăng nhập đã có người dùng."), {"field": "username"})
    refuse_taken_address(session, email)
    user = User(
        username=name,
        full_name=clean(full_name),
        name_fold=fold(full_name),
        email=clean(email),
        title=clean(title),
        phone=clean(phone),
        password_hash=hash_password(password),
        created_at=now(),
    )
    session.add(user)
    session.flush()
    return user


def check_password(password: str) -> None:
    """Refuse a password that is too short or absurdly long (ASVS 5.0 V6.2)."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        message = _("Mật khẩu cần từ %(min)s ký tự trở lên.", min=MIN_LENGTH)
        raise Invalid([FieldError("password", message)])


def set_password(session: Session, user: User, password: str) -> None:
    """Change the password and sign the user out everywhere."""
    check_password(password)
    user.password_hash = hash_password(password)
    end_all_sessions(session, user.id)


def grant_role(session: Session, user: User, role: str, unit: OrgUnit) -> UserRole:
    """Give a role at a unit; giving it twice changes nothing."""
    if role not in ROLES:
        raise Invalid([FieldError("role", _("Không có vai trò %(role)s.", role=role))])
    for held in user.roles:
        if held.role == role and held.unit_id == unit.id:
            return held
    granted = UserRole(role=role, unit_id=unit.id, unit=unit)
    user.roles.append(granted)
    session.flush()
    return granted


def revoke_role(session: Session, user: User, role_id: int) -> None:
    """Take a role away and end the user's sessions, so that open pages lose it too."""
    user.roles = [held for held in user.roles if held.id != role_id]
    end_all_sessions(session, user.id)


def create_token(
    session: Session,
    user: User,
    *,
    scope: str,
    label: str = "",
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Create a bearer token; return its row and the secret, which is shown once."""
    if scope not in TOKEN_SCOPES:
        raise Invalid([FieldError("scope", _("Phạm vi là read, write hoặc admin."))])
    secret = f"nc_{new_secret()}"
    token = ApiToken(
        user_id=user.id,
        label=clean(label) or scope,
        prefix=secret[:9],
        token_hash=secret_hash(secret),
        scope=scope,
        created_at=now(),
        expires_at=expires_at,
    )
    session.add(token)
    session.flush()
    return token, secret


def token_by_secret(session: Session, secret: str) -> ApiToken | None:
    """Return the live token of a secret, with its user."""
    token = session.scalar(select(ApiToken).where(ApiToken.token_hash == secret_hash(secret)))
    if token is None or token.revoked_at is not None or not token.user.is_active:
        return None
    return None if token.expires_at is not None and token.expires_at <= now() else token


def revoke_token(session: Session, token: ApiToken) -> None:
    """Make a token useless from now on."""
    token.revoked_at = token.revoked_at or now()
