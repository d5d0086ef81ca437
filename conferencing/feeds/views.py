"""My calendar feeds: make one, see when it was last fetched, revoke it."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlsplit

import segno
from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from conferencing.blueprint import bp
from conferencing.feeds.services import create_feed, feeds_of, revoke_feed
from conferencing.models import Room, Site
from config import Settings
from hub.access import current_actor, requires
from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.db import read_session, transaction
from hub.errors import FieldError, Invalid
from hub.orgunits.queries import in_force
from hub.text import sort_key


@dataclass(frozen=True, slots=True)
class Choices:
    """Units from the top down, then sites and rooms, each in Vietnamese order."""

    units: Sequence[OrgUnit]
    sites: Sequence[Site]
    rooms: Sequence[Room]


def feed_choices(session: Session, actor: Actor) -> Choices:
    """Return what the actor may choose from."""
    inside = actor.scope.clause(OrgUnit.id)
    units = session.scalars(select(OrgUnit).where(inside, in_force())).all()
    sites = session.scalars(
        select(Site).where(actor.scope.clause(Site.unit_id), Site.is_active.is_(True))
    ).all()
    # A room of a unit above is used by others too; its calendar is that unit's to give.
    rooms = session.scalars(select(Room).where(actor.scope.clause(Room.unit_id))).all()
    return Choices(
        sorted(units, key=lambda unit: (unit.depth, sort_key(unit.name))),
        sorted(sites, key=lambda site: sort_key(site.name)),
        sorted(rooms, key=lambda room: sort_key(room.name)),
    )


@dataclass(frozen=True, slots=True)
class FeedLinks:
    """``url`` to paste, ``webcal_url`` to open the calendar program, ``qr`` an inline SVG."""

    url: str
    webcal_url: str
    qr: Markup


def feed_links(secret: str) -> FeedLinks:
    """Return the links of a feed; the secret is shown this once."""
    settings: Settings = current_app.extensions["hub.settings"]
    url = settings.base_url.rstrip("/") + url_for("conferencing.feed_file", token=secret)
    webcal_url = "webcal" + url.removeprefix(urlsplit(url).scheme)
    return FeedLinks(url, webcal_url, qr_of(webcal_url))


def qr_of(text: str) -> Markup:
    """Return a QR code as an inline SVG without declarations, styles or scripts."""
    out = BytesIO()
    segno.make(text, error="m").save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=False,
        scale=5,
        border=4,
        dark="#13202f",
        light="#ffffff",
        omitsize=True,
        svgclass="qr",
        lineclass=None,
    )
    return Markup(out.getvalue().decode())  # noqa: S704 - drawn by the library from numbers alone


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
