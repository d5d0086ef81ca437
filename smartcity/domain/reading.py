"""What a decoded message says: numbers, camera detections, and presence.

Frozen records without identity of rows: `device` is the code from the topic.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


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
