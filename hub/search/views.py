"""The search page, and its results alone for a page that asks while one types."""

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from hub.access import current_actor, requires
from hub.db import read_session
from hub.search.providers import search_everything
from hub.text import clean

LONGEST = 100
bp = Blueprint("search", __name__, template_folder="templates")


def register(app: Flask) -> None:
    """Serve the search page."""
    app.register_blueprint(bp)


@bp.get("/search")
@requires("search.use")
def index() -> ResponseReturnValue:
    """Show what every feature finds; htmx asks for the results only."""
    words = clean(request.args.get("q", ""))[:LONGEST]
    groups = search_everything(read_session(), current_actor(), words)
    page = "search/results.html" if request.headers.get("HX-Request") else "search/index.html"
    total = sum(len(group.hits) for group in groups)
    return render_template(page, groups=groups, words=words, total=total, search_text=words)
