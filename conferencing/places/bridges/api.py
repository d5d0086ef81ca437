"""Bridges (MCU): what rooms run on, held by port."""

from typing import Annotated, Final

from pydantic import Field
from sqlalchemy.orm import Session

from conferencing.models import Bridge
from conferencing.places.bridges.drafts import BridgeDraft
from conferencing.places.bridges.queries import visible_bridges
from conferencing.places.bridges.services import create_bridge, update_bridge
from hub.access.actor import current_actor
from hub.api import (
    Flag,
    Page,
    PageQuery,
    answer_of,
    body_of,
    change_of,
    operation,
    page_of,
    seen_by_caller,
    sent_values,
)
from hub.cursors import read_cursor
from hub.db import read_session
from hub.errors import NotFound
from hub.text import fold

VIEW: Final = "site.view"
MANAGE: Final = "room.manage"


class BridgeAnswer(answer_of(BridgeDraft)):  # type: ignore[misc]
    """A bridge and the number of its ports."""


class BridgeQuery(PageQuery):
    """Filters."""

    is_active: Flag | None = None
    q: Annotated[str, Field(max_length=100)] = ""


class BridgeBody(body_of(BridgeDraft)):  # type: ignore[misc]
    """A bridge to create."""


class BridgeChange(change_of(BridgeDraft, "code")):  # type: ignore[misc]
    """What to change; members left out or null stay as they are."""


def _to_schema(bridge: Bridge) -> BridgeAnswer:
    values = BridgeDraft.values_of(bridge, unit=bridge.unit.code)
    answer: BridgeAnswer = BridgeAnswer.model_construct(
        id=bridge.id, version=bridge.version, **values
    )
    return answer


@operation(
    "GET",
    "/bridges",
    tag="bridges",
    summary="List bridges",
    capability=VIEW,
    response=Page[BridgeAnswer],
    query=BridgeQuery,
)
def list_bridges(query: BridgeQuery) -> Page[BridgeAnswer]:
    """Bridges of the caller's area and of the units above it."""
    place = read_cursor(query.cursor, 1) or [0]
    found = sorted(visible_bridges(read_session(), current_actor()), key=lambda one: one.id)
    words = fold(query.q)
    rows = [
        bridge
        for bridge in found
        if bridge.id > place[0]
        and query.is_active in (None, bridge.is_active)
        and (words in fold(bridge.name) or words in bridge.code.lower())
    ]
    return page_of(rows, query.limit, _to_schema, lambda bridge: [bridge.id])


def bridge_in_reach(session: Session, ref: str) -> Bridge:
    """Return a bridge by code or id. Raises NotFound."""
    found = visible_bridges(session, current_actor())
    for known in ({b.code: b for b in found}, {str(b.id): b for b in found}):
        if ref in known:
            return known[ref]
    raise NotFound("")


@operation(
    "GET",
    "/bridges/<code:code>",
    tag="bridges",
    summary="Read a bridge",
    capability=VIEW,
    response=BridgeAnswer,
)
def read_bridge(code: str) -> BridgeAnswer:
    """One bridge by its code or id."""
    return _to_schema(bridge_in_reach(read_session(), code))


@operation(
    "POST",
    "/bridges",
    tag="bridges",
    summary="Create a bridge",
    capability=MANAGE,
    response=BridgeAnswer,
    status=201,
    body=BridgeBody,
)
def add_bridge(session: Session, body: BridgeBody) -> BridgeAnswer:
    """Rooms can be put on it from now on."""
    return _to_schema(create_bridge(session, current_actor(), sent_values(body)))


@operation(
    "PATCH",
    "/bridges/<code:code>",
    tag="bridges",
    summary="Change a bridge",
    capability=MANAGE,
    response=BridgeAnswer,
    body=BridgeChange,
)
def change_bridge(session: Session, code: str, body: BridgeChange) -> BridgeAnswer:
    """Change everything but the code; fewer ports bind future bookings only."""
    bridge = bridge_in_reach(session, code)
    update_bridge(session, current_actor(), bridge, sent_values(body), seen_by_caller())
    return _to_schema(bridge)
