"""One revision of a conference as calendars see it: plain values, no row, no request."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from conferencing.domain.states import IcalStatus

Partstat = Literal["NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"]
Role = Literal["CHAIR", "REQ-PARTICIPANT", "OPT-PARTICIPANT", "NON-PARTICIPANT"]
Cutype = Literal["INDIVIDUAL", "GROUP", "RESOURCE", "ROOM", "UNKNOWN"]


@dataclass(frozen=True, slots=True)
class Organizer:
    """Who invites; the mailbox is one that is read.

    ``sent_by`` is the address the letters come from when it is another one (RFC 5545, SENT-BY).
    """

    name: str
    email: str
    sent_by: str = ""


@dataclass(frozen=True, slots=True)
class CalendarAttendee:
    """Who is invited, under the recipient's own address."""

    name: str
    email: str
    role: Role = "REQ-PARTICIPANT"
    partstat: Partstat = "NEEDS-ACTION"
    cutype: Cutype = "INDIVIDUAL"


@dataclass(frozen=True, slots=True)
class OccurrenceOverride:
    """One occurrence that was moved or cancelled; `recurrence_id` is its original start."""

    recurrence_id: datetime
    start: datetime
    end: datetime
    cancelled: bool = False
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class CalendarRevision:
    """A conference at one revision; all moments are aware.

    `dtstamp`, `created` and `last_modified` come from the row, so that bytes stay the same from
    poll to poll. `exdates` are original starts. `follows` is the UID of the series this one goes on
    from (RFC 5545 3.8.4.5). `priority` is 0 (none) or 1 to 9 as in RFC 5545.
    """

    uid: str
    sequence: int
    dtstamp: datetime
    created: datetime
    last_modified: datetime
    title: str
    organizer: Organizer
    start: datetime
    end: datetime
    status: IcalStatus = "CONFIRMED"
    description: str = ""
    location: str = ""
    url: str = ""
    join_url: str = ""
    tz: str = "Asia/Ho_Chi_Minh"
    rrule: str = ""
    exdates: tuple[datetime, ...] = ()
    overrides: tuple[OccurrenceOverride, ...] = ()
    attendees: tuple[CalendarAttendee, ...] = ()
    follows: str = ""
    priority: int = 0
    categories: tuple[str, ...] = ()
    is_drill: bool = False

    @property
    def is_cancelled(self) -> bool:
        """True when the whole conference is off."""
        return self.status == "CANCELLED"
