"""How often somebody may try a password: counted before it is looked at, never a weapon.

Parallel guesses are all counted before the first is answered. A browser that has signed in to the
account before is *known*: it has a count of its own, so nobody else's wrong guesses, from the same
office or from the whole world, keep a person out who knows the password. See docs/adr/0010.
"""

from secrets import token_urlsafe
from typing import Final

from flask import Flask, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.wrappers import Response

from config import Settings
from hub.accounts.passwords import secret_hash
from hub.clock import now
from hub.text import clean

EXTENSION: Final = "hub.accounts.attempts"
KNOWN_COOKIE: Final = "nhipcau_known"
KNOWN_FOR_S: Final = 180 * 24 * 3600
# One browser, or one address, at one account.
HERE: Final = parse("8 per 5 minutes")
# Browsers that are not known: at one account from everywhere, and from one address at all.
ACCOUNT: Final = parse("100 per hour")
ADDRESS: Final = parse("300 per hour")


def register(app: Flask) -> None:
    """Begin to count; each web process counts for itself."""
    app.extensions[EXTENSION] = FixedWindowRateLimiter(MemoryStorage())


class TooManyAttempts(Exception):
    """It was tried too often; ``seconds`` until it may be tried again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def count_attempt(username: str) -> None:
    """Count an attempt at an account before the password is looked at. Raises TooManyAttempts."""
    account = _key(username)
    if browser := _known_browser(username):
        _count([(HERE, ("known", account, browser))])
        return
    address = request.remote_addr or ""
    _count(
        [
            (HERE, ("here", account, address)),
            (ACCOUNT, ("account", account)),
            (ADDRESS, ("address", address)),
        ]
    )


def forgive(username: str) -> None:
    """Forget the attempts that led to the right password."""
    account, address = _key(username), request.remote_addr or ""
    _limiter().clear(HERE, "known", account, _known_browser(username))
    _limiter().clear(HERE, "here", account, address)


def count_password_change(user_id: int) -> None:
    """Count an attempt at the present password of one's own account. Raises TooManyAttempts."""
    _count([(HERE, ("password", str(user_id)))])


def _count(limits: list[tuple[RateLimitItem, tuple[str, ...]]]) -> None:
    for item, key in limits:
        if not _limiter().hit(item, *key):
            reset_at = _limiter().get_window_stats(item, *key).reset_time
            raise TooManyAttempts(max(1, int(reset_at - now().timestamp())))


def _limiter() -> FixedWindowRateLimiter:
    counts: FixedWindowRateLimiter = current_app.extensions[EXTENSION]
    return counts


def _known_browser(username: str) -> str:
    """Return the name of this browser if it has signed in to the account before, else "".

    The name lies inside the signature: a cookie can be spelt in many ways that are all valid.
    """
    try:
        account, browser = _serializer().loads(
            request.cookies.get(KNOWN_COOKIE, ""), max_age=KNOWN_FOR_S
        )
    except (BadSignature, ValueError, TypeError):
        return ""
    return str(browser) if account == _key(username) else ""


def make_known(response: Response, username: str, *, secure: bool) -> None:
    """Let the browser remember that it has signed in to the account."""
    response.set_cookie(
        KNOWN_COOKIE,
        _serializer().dumps([_key(username), token_urlsafe(12)]),
        max_age=KNOWN_FOR_S,
        httponly=True,
        samesite="Lax",
        secure=secure,
        path="/",
    )


def _key(username: str) -> str:
    return secret_hash(clean(username[:200]).casefold())


def _serializer() -> URLSafeTimedSerializer:
    settings: Settings = current_app.extensions["hub.settings"]
    return URLSafeTimedSerializer(settings.secret_key, salt="hub.accounts.known-browser")
