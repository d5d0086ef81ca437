"""The application factory: short steps, in the order of the house's layers."""

from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_compress import Compress
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings
from hub import http as hub_http
from hub import i18n
from hub.access import maybe_actor, policy
from hub.accounts import views as accounts_views
from hub.accounts import views_account, views_tokens
from hub.accounts import views_people as accounts_people
from hub.api import views as api_views
from hub.api.operation import api
from hub.audit import views as audit_views
from hub.db import db, engine_options, install_sqlite_rules, read_session
from hub.health import views as health_views
from hub.logs import configure_logging
from hub.main.wiring import wire
from hub.orgunits import views as orgunits_views
from hub.orgunits import views_import
from hub.search import views as search_views
from hub.ui import assets, formats, home, navigation
from hub.ui import views as ui_views
from hub.ui.blueprints import COMPILED

MAX_BODY_BYTES = 4 * 1024 * 1024
SESSION_COOKIE = "nhipcau_form"
COMPRESSED_TYPES = [
    "text/html",
    "text/calendar",
    "text/csv",
    "application/json",
    "application/problem+json",
]
csrf = CSRFProtect()

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def create_app(settings: Settings) -> Flask:
    """Build the application of any process: web, ingest, worker or command line."""
    app = Flask("hub", static_folder=None)
    app.jinja_env.bytecode_cache = COMPILED
    api_views.add_converters(app)
    _configure_settings(app, settings)
    configure_logging(settings.log_format)
    _configure_database(app)
    _configure_requests(app)
    _configure_pages(app)
    wire(app)
    csrf.exempt(api)  # a bearer token is never sent by a browser of itself
    api_views.register(app)
    _believe_proxies(app, settings.proxy_hops)
    return app


def _believe_proxies(app: Flask, hops: int) -> None:
    """Take the visitor's address and scheme from exactly as many proxies as stand in front.

    Outermost, so that Socket.IO sees the same; the host is passed on by the proxy itself.
    """
    if hops:
        fixed = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_port=0, x_prefix=0)
        app.wsgi_app = fixed  # type: ignore[method-assign]


def _configure_settings(app: Flask, settings: Settings) -> None:
    app.extensions["hub.settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        SESSION_COOKIE_NAME=SESSION_COOKIE,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https"),
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_PARTS=2000,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        WTF_CSRF_SSL_STRICT=False,
        COMPRESS_ALGORITHM="gzip",
        COMPRESS_LEVEL=5,
        COMPRESS_MIMETYPES=COMPRESSED_TYPES,
    )


def _configure_database(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        install_sqlite_rules(db.engine)


def _configure_requests(app: Flask) -> None:
    hub_http.register(app)
    # Who asks, then whether they may, then whether a page of ours asked: whoever is not signed in
    # hears that, and not of a token.
    accounts_views.register(app)
    app.before_request(policy.enforce)
    csrf.init_app(app)
    Compress(app)
    i18n.register(app)
    app.after_request(_security_headers)
    app.session_interface = _Sessions()


class _Sessions(SecureCookieSessionInterface):
    """Flask's own, but a page that may be kept for Back is not told apart by cookies.

    Every message shown after a step changes the cookie; the browser would then not find the posted
    page again and have nothing to show. Such a page is private, so no shared cache has it.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie where it changed."""
        super().save_session(app, session, response)
        if response.cache_control.private:
            # In small letters: HeaderSet.discard() finds no others.
            response.vary.discard("cookie")


def _security_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    if not request.path.startswith("/static/"):
        # Pages differ by person; a shared cache must never hand one to another.
        headers.setdefault("Cache-Control", "no-store")
        headers.add("Vary", "Cookie")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _configure_pages(app: Flask) -> None:
    assets.register(app)
    formats.register(app)
    app.register_blueprint(ui_views.bp)
    app.register_blueprint(home.bp)
    for feature in (orgunits_views, accounts_people, audit_views, search_views):
        feature.register(app)
    for pages in (views_account, views_tokens, views_import, health_views):
        app.register_blueprint(pages.bp)
    app.context_processor(_page_context)


def _page_context() -> dict[str, object]:
    actor = maybe_actor()
    settings: Settings = _settings()
    context: dict[str, object] = {
        "actor": actor,
        "locale": i18n.current_locale(),
        "theme": actor.theme if actor else request.cookies.get("theme", "light"),
        "drill": settings.demo,
        "unit_name": actor.home_unit_name if actor else "",
    }
    if actor is not None:
        context["nav_groups"] = navigation.nav_groups(read_session(), actor)
        context["person_links"] = navigation.PERSON_LINKS
    return context


def _settings() -> Settings:
    settings: Settings = current_app.extensions["hub.settings"]
    return settings
