"""Virtual rooms: one conference holds one whole."""

from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session

from conferencing.models import Room
from conferencing.places.bridges.api import MANAGE, VIEW
from conferencing.places.rooms.drafts import RoomDraft
from conferencing.places.rooms.queries import usable_rooms
from conferencing.places.rooms.services import create_room, update_room
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


class RoomAnswer(answer_of(RoomDraft)):  # type: ignore[misc]
    """A room; ``capacity`` is how many sites it joins, ``buffer_minutes`` is set-up time."""


class RoomQuery(PageQuery):
    """Filters; ``sites`` asks for rooms that join at least so many."""

    bridge: Annotated[str, Field(max_length=80)] = ""
    sites: Annotated[int, Field(ge=0, le=100_000)] = 0
    is_active: Flag | None = None
    q: Annotated[str, Field(max_length=100)] = ""


class RoomBody(body_of(RoomDraft)):  # type: ignore[misc]
    """A room to create."""


class RoomChange(change_of(RoomDraft, "code")):  # type: ignore[misc]
    """What to change; members left out or null stay as they are."""


def _to_schema(room: Room) -> RoomAnswer:
    values = RoomDraft.values_of(room, unit=room.unit.code, bridge=room.bridge.code)
    answer: RoomAnswer = RoomAnswer.model_construct(id=room.id, version=room.version, **values)
    return answer


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
    return _to_schema(create_room(session, current_actor(), sent_values(body)))


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
    room = room_in_reach(session, code)
    update_room(session, current_actor(), room, sent_values(body), seen_by_caller())
    return _to_schema(room)
