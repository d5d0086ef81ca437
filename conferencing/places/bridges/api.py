"""Bridges (MCU): what rooms run on, held by port."""

from typing import Annotated, Final

from pydantic import Field
from sqlalchemy.orm import Session

from conferencing.api_names import api_names
from conferencing.models import Bridge
from conferencing.places.rooms.queries import visible_bridges
from conferencing.places.rooms.services import create_bridge, update_bridge
from conferencing.places.sites.api import sent_values
from conferencing.requests import BridgeRequest
from hub.access.actor import current_actor
from hub.api import (
    ApiAnswer,
    ApiModel,
    Code,
    Flag,
    Page,
    PageQuery,
    Words,
    operation,
    page_of,
    unit_named,
)
from hub.cursors import read_cursor
from hub.db import read_session
from hub.errors import NotFound
from hub.text import fold

VIEW: Final = "site.view"
MANAGE: Final = "room.manage"
Ports = Annotated[int, Field(ge=1, le=100_000)]


class BridgeAnswer(ApiAnswer):
    """A bridge and the number of its ports."""

    id: int
    code: str
    name: str
    unit: str
    ports: int
    is_active: bool


class BridgeQuery(PageQuery):
    """Filters."""

    is_active: Flag | None = None
    q: Annotated[str, Field(max_length=100)] = ""


class BridgeChange(ApiModel):
    """What to change; members left out or null stay as they are."""

    name: Words | None = None
    unit: Code | None = None
    ports: Ports | None = None
    is_active: bool | None = None


class BridgeBody(BridgeChange):
    """A bridge to create."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
    name: Words
    unit: Code
    ports: Ports


def _to_schema(bridge: Bridge) -> BridgeAnswer:
    return BridgeAnswer(
        id=bridge.id,
        code=bridge.code,
        name=bridge.name,
        unit=bridge.unit.code,
        ports=bridge.ports,
        is_active=bridge.is_active,
    )


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
    actor = current_actor()
    unit = unit_named(session, actor, body.unit)
    with api_names():
        request = BridgeRequest(unit_id=unit.id, **sent_values(body, "unit"))
        return _to_schema(create_bridge(session, actor, request))


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
    actor = current_actor()
    bridge = bridge_in_reach(session, code)
    values = {name: getattr(bridge, name) for name in BridgeRequest.__dataclass_fields__}
    values.update(sent_values(body, "unit"))
    if body.unit is not None:
        values["unit_id"] = unit_named(session, actor, body.unit).id
    with api_names():
        return _to_schema(update_bridge(session, actor, bridge, BridgeRequest(**values)))
