"""What edges ask of booking: plain frozen values, checked when a plan is made of them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AttendeeRequest:
    """A person to invite; ``role`` is an RFC 5545 ROLE."""

    email: str
    name: str = ""
    role: str = "REQ-PARTICIPANT"


@dataclass(frozen=True, slots=True)
class DateMove:
    """One date of a series at another time; ``recurrence_id`` is the start its rule gives it."""

    recurrence_id: datetime
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """A conference as asked for; times are aware, ``rrule`` an RFC 5545 rule or "".

    ``type`` is a ConferenceType value, ``priority`` 0 to 4 (None takes the type's own).
    ``exdates`` are starts of the rule to leave out, ``moves`` dates of it at another time.
    ``host_unit_id`` defaults to the actor's unit.
    ``chair_site`` is the code of the presiding site; "" takes the first.
    """

    title: str
    type: str
    priority: int | None
    room_code: str
    starts_at: datetime
    ends_at: datetime
    site_codes: tuple[str, ...]
    attendees: tuple[AttendeeRequest, ...] = ()
    rrule: str = ""
    exdates: tuple[datetime, ...] = ()
    moves: tuple[DateMove, ...] = ()
    agenda: str = ""
    reason: str = ""
    chair: str = ""
    host_unit_id: int | None = None
    source_ref: str = ""
    is_drill: bool = False
    chair_site: str = ""
