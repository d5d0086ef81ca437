"""Routes of the shell itself: built assets, language and theme, the page of shortcuts."""

from flask import (
    Blueprint,
    Response,
    redirect,
    render_template,
    request,
    send_from_directory,
)
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as WerkzeugResponse

from hub.accounts import maybe_actor, public
from hub.accounts.own import save_preferences
from hub.db import transaction
from hub.http import own_path
from hub.ui import assets

ONE_YEAR_S = 365 * 24 * 3600
CHOICES = {"locale": ("vi", "en"), "theme": ("light", "dark")}

bp = Blueprint("ui", __name__, template_folder="templates")


@bp.get("/static/dist/<path:name>")
@public
def built_asset(name: str) -> Response:
    """Serve a built file; its name carries its hash, so it may be kept for a year."""
    packed = f"{name}.gz"
    if request.accept_encodings["gzip"] and (assets.DIST / packed).is_file():
        response = send_from_directory(assets.DIST, packed, max_age=ONE_YEAR_S)
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("Content-Disposition", None)  # it would name the .gz file
        response.headers["Content-Type"] = _content_type(name)
    else:
        response = send_from_directory(assets.DIST, name, max_age=ONE_YEAR_S)
    response.headers.add("Vary", "Accept-Encoding")
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response


def _content_type(name: str) -> str:
    types = {
        "js": "text/javascript; charset=utf-8",
        "css": "text/css; charset=utf-8",
        "svg": "image/svg+xml",
        "json": "application/json",
        "txt": "text/plain; charset=utf-8",
    }
    kind = types.get(name.rpartition(".")[2])
    if kind is None:
        raise NotFound
    return kind


@bp.post("/ui/preferences")
@public
def choose_preferences() -> WerkzeugResponse:
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
                max_age=ONE_YEAR_S,
                samesite="Lax",
                httponly=True,
                secure=request.is_secure,
            )
    return response


@bp.get("/ui/shortcuts")
@public
def shortcuts() -> str:
    """Show the keys as a page, for a browser without script."""
    return render_template("ui/shortcuts.html")


@bp.get("/ui/help")
@public
def help_page() -> str:
    """Say whom to call and where the guides are."""
    return render_template("ui/help.html")
