"""My calendar feeds: make one, see when it was last fetched, revoke it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from conferencing.blueprint import bp
from conferencing.feeds.links import feed_links
from conferencing.feeds.queries import Choices, feed_choices
from conferencing.feeds.services import create_feed, feeds_of, revoke_feed
from hub.accounts import current_actor, requires
from hub.db import read_session, transaction
from hub.errors import FieldError, Invalid

MINE = "person"


@bp.get("/feeds")
@requires("feed.own")
def my_feeds() -> str:
    """Show the feeds of this person and the form for a new one."""
    return _page(_choices(), request.args.get("of", f"{MINE}:"))


def _choices() -> Choices:
    return feed_choices(read_session(), current_actor())


@bp.post("/feeds")
@requires("feed.own")
def make_feed() -> ResponseReturnValue:
    """Make a feed and show its address this once; it is stored as a hash only."""
    actor = current_actor()
    target = request.form.get("target", "")
    scope, _separator, code = target.partition(":")
    try:
        if not scope:
            raise Invalid([FieldError("target", _("Chọn lịch cần theo dõi."))])
        with transaction() as session:
            feed, secret = create_feed(session, actor, scope, code or actor.username)
    except Invalid as error:
        return _page(_choices(), target, [item.message for item in error.errors]), 422
    return render_template("conferencing/feeds_made.html", feed=feed, links=feed_links(secret)), 201


@bp.post("/feeds/<int:feed_id>/revoke")
@requires("feed.own")
def revoke(feed_id: int) -> Response:
    """Revoke a feed of this person; its address answers 404 from now on."""
    with transaction() as session:
        revoke_feed(session, current_actor(), feed_id)
    flash(_("Đã thu hồi. Địa chỉ cũ không còn dùng được."))
    return redirect(url_for("conferencing.my_feeds"), 303)


def _page(choices: Choices, picked: str, errors: list[str] | None = None) -> str:
    return render_template(
        "conferencing/feeds.html",
        feeds=feeds_of(read_session(), current_actor()),
        choices=choices,
        picked=picked,
        errors=errors or [],
    )
