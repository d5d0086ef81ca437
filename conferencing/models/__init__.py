"""Tables of the conferencing half."""

from conferencing.models.conference import (
    Attendee,
    Conference,
    ConferenceChange,
    ConferenceSite,
    Occurrence,
)
from conferencing.models.feed import FeedToken
from conferencing.models.group import SiteGroup, SiteGroupMember
from conferencing.models.hold import Hold, PortUse
from conferencing.models.resource import Bridge, Resource, Room, Site

__all__ = [
    "Attendee",
    "Bridge",
    "Conference",
    "ConferenceChange",
    "ConferenceSite",
    "FeedToken",
    "Hold",
    "Occurrence",
    "PortUse",
    "Resource",
    "Room",
    "Site",
    "SiteGroup",
    "SiteGroupMember",
]
