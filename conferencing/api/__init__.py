"""REST resources of the conferencing half; importing this declares their operations."""

from conferencing.api import (
    availability,
    booking,
    bridges,
    changing,
    conferences,
    feeds,
    occurrences,
    rooms,
    sites,
)

__all__ = [
    "availability",
    "booking",
    "bridges",
    "changing",
    "conferences",
    "feeds",
    "occurrences",
    "rooms",
    "sites",
]
