"""Vietnamese first, English complete: which language this request speaks."""

from flask import Flask, has_request_context, request
from flask_babel import Babel

from hub.access.actor import maybe_actor

LOCALES = ("vi", "en")
COOKIE = "locale"


def register(app: Flask) -> None:
    """Install Flask-Babel with our catalogues."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "vi")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Ho_Chi_Minh")
    Babel(app, locale_selector=current_locale, default_translation_directories=_directories())


def _directories() -> str:
    return str(__path__[0]) + "/translations"


def current_locale() -> str:
    """Choose the account's language, else the cookie's, else the browser's, else Vietnamese."""
    if not has_request_context():
        return "vi"
    if request.path.startswith("/api/") and (asked := _asked_for()):
        return asked
    actor = maybe_actor()
    if actor is not None and actor.locale in LOCALES:
        return actor.locale
    chosen = request.cookies.get(COOKIE)
    if chosen in LOCALES:
        return str(chosen)
    return _asked_for() or "vi"


def _asked_for() -> str | None:
    """Return the language the request names; a program says what it wants, whoever it acts for."""
    return request.accept_languages.best_match(LOCALES) if request.accept_languages else None
