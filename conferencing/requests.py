"""What edges ask of the services: plain frozen values, checked by the services themselves."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AttendeeRequest:
    """A person to invite; ``role`` is an RFC 5545 ROLE."""

    email: str
    name: str = ""
    role: str = "REQ-PARTICIPANT"


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """A conference as asked for; times are aware, ``rrule`` an RFC 5545 rule or "".

    ``type`` is a ConferenceType value, ``priority`` 0 to 4 (None takes the type's own).
    ``exdates`` are starts of the rule to leave out. ``host_unit_id`` defaults to the actor's unit.
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
    agenda: str = ""
    reason: str = ""
    chair: str = ""
    host_unit_id: int | None = None
    source_ref: str = ""
    is_drill: bool = False
    chair_site: str = ""


@dataclass(frozen=True, slots=True)
class SiteAnswer:
    """What a site answers; ``partstat`` is ACCEPTED, DECLINED or TENTATIVE."""

    partstat: str
    headcount: int | None = None
    technician_name: str = ""
    technician_phone: str = ""
    note: str = ""
    answered_by: str = ""


@dataclass(frozen=True, slots=True)
class AttendeeAnswer:
    """What a person answers; DELEGATED needs ``proxy_name``."""

    partstat: str
    proxy_name: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class SiteRequest:
    """A conference site to create or to update as a whole."""

    code: str
    name: str
    unit_id: int
    seats: int = 20
    email: str = ""
    technician_name: str = ""
    technician_phone: str = ""
    carrier: str = ""
    line_kbps: int | None = None
    readiness: str = "in_service"
    note: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class RoomRequest:
    """A virtual room to create or to update as a whole."""

    code: str
    name: str
    unit_id: int
    bridge_code: str
    capacity: int
    dial_in: str = ""
    join_url: str = ""
    buffer_minutes: int = 0
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class BridgeRequest:
    """A bridge to create or to update as a whole."""

    code: str
    name: str
    unit_id: int
    ports: int
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class GroupRequest:
    """A named set of sites to create or to update as a whole."""

    name: str
    unit_id: int
    site_codes: tuple[str, ...]
