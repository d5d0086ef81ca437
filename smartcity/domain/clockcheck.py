"""Is the time a device states believable?

A device with a dead battery says 1970, one with a broken year says 2099. Such values must not
become the newest state, so they are refused with a reason instead of being corrected in silence.
"""

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
