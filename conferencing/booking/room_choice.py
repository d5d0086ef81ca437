"""A booking that names no room gets the smallest one that fits and is free."""

from collections.abc import Sequence
from dataclasses import replace

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing.booking.plan import dated, host_unit, is_room_open_to
from conferencing.domain.errors import RecurrenceError
from conferencing.domain.interval import Interval
from conferencing.holds.queries import busy_spans
from conferencing.models import Room
from conferencing.places.rooms.queries import usable_rooms
from conferencing.requests import BookingRequest
from hub.accounts.actor import Actor
from hub.errors import FieldError, Invalid


def first_free_room(session: Session, actor: Actor, request: BookingRequest) -> BookingRequest:
    """Return the request with a room; when none is free, with one that fits: booking says why.

    Raises:
        Invalid: no room joins so many sites.
        NotAllowed: the actor may not book for the host unit.
    """
    count = len(set(request.site_codes))
    host = host_unit(session, actor, request.host_unit_id, "conference.book")
    fitting = [
        room
        for room in usable_rooms(session, actor)
        if room.capacity >= count and room.bridge.is_active and is_room_open_to(room, host, actor)
    ]
    if not fitting:
        raise Invalid([FieldError("room", _("Không có phòng nào nối được từng ấy điểm cầu."))])
    fitting.sort(key=lambda room: (room.capacity, room.code))
    room = _free_one(session, fitting, _spans(request)) or fitting[0]
    return replace(request, room_code=room.code)


def _spans(request: BookingRequest) -> list[Interval]:
    """The spans asked for; none when the times are wrong, which the booking says better."""
    if request.ends_at <= request.starts_at:
        return []
    if not request.rrule.strip():
        return [Interval(request.starts_at, request.ends_at)]
    try:
        return [occurrence.interval for occurrence in dated(request)[0]]
    except RecurrenceError:
        return []


def _free_one(session: Session, rooms: Sequence[Room], spans: list[Interval]) -> Room | None:
    if not spans:
        return None
    earliest, latest = min(s.start for s in spans), max(s.end for s in spans)
    busy = busy_spans(session, [room.id for room in rooms], Interval(earliest, latest))
    for room in rooms:
        taken = busy.get(room.code, ())
        if not any(one.overlaps(span) for one in taken for span in spans):
            return room
    return None
