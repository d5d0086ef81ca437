"""The feed itself, as calendar programs fetch it: by its secret address, without a session.

The entity tag is worked out before the document, so that most fetches end in a 304. Compressing
adds ``:gzip`` to the tag (``flask_compress``); both forms are known here.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from flask import Response, request
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from conferencing.blueprint import bp
from conferencing.feeds.services import (
    feed_changed_at,
    feed_document,
    feed_etag,
    find_feed,
    note_use,
)
from conferencing.invitations.calendar_file import CALENDAR_TYPE
from conferencing.models import FeedToken
from hub.access import public
from hub.brakes import limiter
from hub.clock import now
from hub.db import read_session, transaction
from hub.errors import NotFound

logger = logging.getLogger(__name__)

KEEP_S: Final = 300
NOTE_EVERY: Final = timedelta(minutes=10)
GUESSES: Final = "30 per minute"


def _wrong(response: Response) -> bool:
    return response.status_code == 404


@bp.get("/feeds/<token>.ics")
@public
@limiter.limit(GUESSES, deduct_when=_wrong)
def feed_file(token: str) -> Response:
    """Give the calendar of a feed; 304 when the program has it, 404 when it is revoked."""
    session = read_session()
    try:
        feed = find_feed(session, token)
    except NotFound:
        return _gone()
    etag = feed_etag(session, feed)
    if _is_known(etag):
        response = Response(status=304)
    else:
        etag, document = feed_document(session, feed)
        response = Response(document, content_type=CALENDAR_TYPE)
        response.headers["Content-Disposition"] = 'inline; filename="nhip-cau.ics"'
        response.last_modified = feed_changed_at(session, feed)
    response.set_etag(etag)
    _say_how_long(response)
    _note(feed, now())
    return response


def _is_known(etag: str) -> bool:
    # If-None-Match compares weakly (RFC 9110 13.1.2): a proxy may have weakened our tag.
    asked = request.if_none_match
    return asked.contains_weak(etag) or asked.contains_weak(f"{etag}:gzip")


def _say_how_long(response: Response) -> None:
    # Private: the address is a secret, and a shared cache would outlive its revocation.
    response.cache_control.private = True
    response.cache_control.max_age = KEEP_S
    response.headers["X-Robots-Tag"] = "noindex"


def _gone() -> Response:
    words = _("Lịch này không có hoặc đã bị thu hồi. Xin chủ lịch địa chỉ mới.")
    response = Response(f"{words}\n", 404, content_type="text/plain; charset=utf-8")
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _note(feed: FeedToken, at: datetime) -> None:
    """Keep when the feed was last fetched, seldom enough that polling costs no writes."""
    if feed.last_used_at is not None and at - feed.last_used_at < NOTE_EVERY:
        return
    try:
        with transaction() as session:
            note_use(session, session.get_one(FeedToken, feed.id))
    except OperationalError:
        # A busy database must not cost anybody their calendar.
        logger.warning("use of feed %s not noted", feed.id)
