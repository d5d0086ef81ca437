"""Virtual rooms: one conference holds one whole."""

from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session

from conferencing.api_names import api_names
from conferencing.models import Room
from conferencing.places.bridges.api import MANAGE, VIEW
from conferencing.places.rooms.queries import usable_rooms
from conferencing.places.rooms.services import create_room, update_room
from conferencing.places.sites.api import sent_values
from conferencing.requests import RoomRequest
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

Capacity = Annotated[int, Field(ge=1, le=100_000)]
Minutes = Annotated[int, Field(ge=0, le=240)]


class RoomAnswer(ApiAnswer):
    """A room; ``capacity`` is how many sites it joins, ``buffer_minutes`` is set-up time."""

    id: int
    code: str
    name: str
    unit: str
    bridge: str
    capacity: int
    dial_in: str
    join_url: str
    buffer_minutes: int
    is_active: bool


class RoomQuery(PageQuery):
    """Filters; ``sites`` asks for rooms that join at least so many."""

    bridge: Annotated[str, Field(max_length=80)] = ""
    sites: Annotated[int, Field(ge=0, le=100_000)] = 0
    is_active: Flag | None = None
    q: Annotated[str, Field(max_length=100)] = ""


class RoomChange(ApiModel):
    """What to change; members left out or null stay as they are."""

    name: Words | None = None
    unit: Code | None = None
    bridge: Code | None = None
    capacity: Capacity | None = None
    dial_in: Annotated[str, Field(max_length=120)] | None = None
    join_url: Annotated[str, Field(max_length=300)] | None = None
    buffer_minutes: Minutes | None = None
    is_active: bool | None = None


class RoomBody(RoomChange):
    """A room to create."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
    name: Words
    unit: Code
    bridge: Code
    capacity: Capacity


def _to_schema(room: Room) -> RoomAnswer:
    return RoomAnswer(
        id=room.id,
        code=room.code,
        name=room.name,
        unit=room.unit.code,
        bridge=room.bridge.code,
        capacity=room.capacity,
        dial_in=room.dial_in,
        join_url=room.join_url,
        buffer_minutes=room.buffer_minutes,
        is_active=room.is_active,
    )


@operation(
    "GET",
    "/rooms",
    tag="rooms",
    summary="List virtual rooms",
    capability=VIEW,
    response=Page[RoomAnswer],
    query=RoomQuery,
)
def list_rooms(query: RoomQuery) -> Page[RoomAnswer]:
    """Rooms of the caller's area and of the units above it."""
    place = read_cursor(query.cursor, 1) or [0]
    found = usable_rooms(read_session(), current_actor(), active_only=False)
    rows = [
        room
        for room in sorted(found, key=lambda one: one.id)
        if room.id > place[0] and _matches(room, query)
    ]
    return page_of(rows, query.limit, _to_schema, lambda room: [room.id])


def _matches(room: Room, query: RoomQuery) -> bool:
    words = query.q.strip().lower()
    return (
        room.capacity >= query.sites
        and query.bridge in ("", room.bridge.code)
        and query.is_active in (None, room.is_active)
        and (words in room.name.lower() or words in room.name_fold or words in room.code.lower())
    )


def room_in_reach(session: Session, ref: str) -> Room:
    """Return a room by code or id. Raises NotFound."""
    found = usable_rooms(session, current_actor(), active_only=False)
    for known in ({r.code: r for r in found}, {str(r.id): r for r in found}):
        if ref in known:
            return known[ref]
    raise NotFound("")


@operation(
    "GET",
    "/rooms/<code:code>",
    tag="rooms",
    summary="Read a virtual room",
    capability=VIEW,
    response=RoomAnswer,
)
def read_room(code: str) -> RoomAnswer:
    """One room by its code or id."""
    return _to_schema(room_in_reach(read_session(), code))


@operation(
    "POST",
    "/rooms",
    tag="rooms",
    summary="Create a virtual room",
    capability=MANAGE,
    response=RoomAnswer,
    status=201,
    body=RoomBody,
)
def add_room(session: Session, body: RoomBody) -> RoomAnswer:
    """It can be booked from now on."""
    actor = current_actor()
    unit = unit_named(session, actor, body.unit)
    values = sent_values(body, "unit", "bridge")
    with api_names():
        request = RoomRequest(unit_id=unit.id, bridge_code=body.bridge, **values)
        return _to_schema(create_room(session, actor, request))


@operation(
    "PATCH",
    "/rooms/<code:code>",
    tag="rooms",
    summary="Change a virtual room",
    capability=MANAGE,
    response=RoomAnswer,
    body=RoomChange,
)
def change_room(session: Session, code: str, body: RoomChange) -> RoomAnswer:
    """Change everything but the code."""
    actor = current_actor()
    room = room_in_reach(session, code)
    values = {
        name: getattr(room, name)
        for name in RoomRequest.__dataclass_fields__
        if name != "bridge_code"
    }
    values.update(bridge_code=body.bridge or room.bridge.code)
    values.update(sent_values(body, "unit", "bridge"))
    if body.unit is not None:
        values["unit_id"] = unit_named(session, actor, body.unit).id
    with api_names():
        return _to_schema(update_room(session, actor, room, RoomRequest(**values)))
