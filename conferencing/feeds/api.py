"""Feeds: secret calendar addresses of the caller's own."""

from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from flask import current_app
from pydantic import Field
from sqlalchemy.orm import Session

from conferencing.feeds.services import create_feed, feeds_of, revoke_feed
from conferencing.models import FeedToken
from config import Settings
from hub.access.actor import current_actor
from hub.api import ApiAnswer, ApiModel, Instant, NoContent, Page, PageQuery, operation, page_of
from hub.cursors import read_cursor
from hub.db import read_session

VIEW: Final = "conference.view"
OWN: Final = "feed.own"
Scope = Literal["person", "unit", "site", "room"]


class FeedAnswer(ApiAnswer):
    """A feed without its secret; ``prefix`` is how its address begins."""

    id: int
    scope: Scope
    code: str
    label: str
    prefix: str
    created_at: Instant
    last_used_at: Instant | None


class NewFeed(FeedAnswer):
    """A feed just made: the only time that its addresses are shown."""

    url: str
    webcal_url: str


class FeedBody(ApiModel):
    """``code`` of the unit, site or room; a person's feed is always the caller's own."""

    scope: Scope
    code: Annotated[str, Field(max_length=80)] = ""


def _to_schema(token: FeedToken) -> FeedAnswer:
    return FeedAnswer.model_validate(_values(token))


def _values(token: FeedToken) -> dict[str, object]:
    return {
        "id": token.id,
        "scope": token.scope,
        "code": token.ref_code,
        "label": token.label,
        "prefix": token.prefix,
        "created_at": token.created_at,
        "last_used_at": token.last_used_at,
    }


@operation(
    "GET",
    "/feeds",
    tag="feeds",
    summary="List my calendar feeds",
    capability=VIEW,
    response=Page[FeedAnswer],
    query=PageQuery,
)
def list_feeds(query: PageQuery) -> Page[FeedAnswer]:
    """The caller's feeds that are not revoked, newest first."""
    place = read_cursor(query.cursor, 1)
    rows = feeds_of(read_session(), current_actor())
    rest = [row for row in rows if place is None or row.id < place[0]]
    return page_of(rest, query.limit, _to_schema, lambda token: [token.id])


@operation(
    "POST",
    "/feeds",
    tag="feeds",
    summary="Make a calendar feed",
    capability=OWN,
    response=NewFeed,
    status=201,
    body=FeedBody,
)
def add_feed(session: Session, body: FeedBody) -> NewFeed:
    """The address is a secret: whoever has it reads the calendar until it is revoked."""
    token, secret = create_feed(session, current_actor(), body.scope, body.code)
    settings: Settings = current_app.extensions["hub.settings"]
    url = f"{settings.base_url.rstrip('/')}/feeds/{secret}.ics"
    webcal_url = "webcal" + url.removeprefix(urlsplit(url).scheme)
    return NewFeed.model_validate({**_values(token), "url": url, "webcal_url": webcal_url})


@operation(
    "DELETE",
    "/feeds/<id:feed_id>",
    tag="feeds",
    summary="Revoke a calendar feed",
    capability=OWN,
    response=NoContent,
    status=204,
)
def delete_feed(session: Session, feed_id: int) -> NoContent:
    """Calendars that poll it get nothing from now on."""
    revoke_feed(session, current_actor(), feed_id)
    return NoContent()
