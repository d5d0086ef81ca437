"""The addresses of a feed and the picture a telephone reads."""

from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlsplit

import segno
from flask import current_app, url_for
from markupsafe import Markup

from config import Settings


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
