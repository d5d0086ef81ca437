"""Routes of the shell itself: built assets, the pages of shortcuts and help."""

from flask import Blueprint, Response, render_template, request, send_from_directory
from werkzeug.exceptions import NotFound

from hub.access import public
from hub.ui import assets

ONE_YEAR_S = 365 * 24 * 3600

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
