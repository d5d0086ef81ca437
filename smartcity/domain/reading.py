"""What a decoded message says: numbers, camera detections, and presence.

Frozen records without identity of rows: `device` is the code from the topic.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
MAX_AHEAD: Final = timedelta(minutes=5)


class ClockFault(StrEnum):
    """Why a time was refused."""

    BEFORE_2000 = "clock-before-2000"
    IN_FUTURE = "clock-in-future"


def clock_fault(observed_at: datetime, received_at: datetime) -> ClockFault | None:
    """Name what is wrong with `observed_at`, or None; both are aware instants."""
    if observed_at < EARLIEST:
        return ClockFault.BEFORE_2000
    if observed_at > received_at + MAX_AHEAD:
        return ClockFault.IN_FUTURE
    return None


@dataclass(frozen=True, slots=True)
class Reading:
    """One number measured at a device; `observed_at` is an aware UTC instant."""

    device: str
    prop: str
    value: float
    unit: str | None
    observed_at: datetime
    drill: bool = False


@dataclass(frozen=True, slots=True)
class Detection:
    """Something a camera or analyser recognised; `external_id` makes a resend harmless."""

    device: str
    external_id: str
    label: str
    observed_at: datetime
    score: float | None = None
    zone: str | None = None
    snapshot_url: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    attributes: Mapping[str, object] = field(default_factory=dict)
    drill: bool = False


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A device (or its last will) says that it is online or offline."""

    device: str
    online: bool
    observed_at: datetime


Decoded = Reading | Detection | StatusChange
