"""What people see of a conference: its stored STATUS and operators' notes, read by the clock."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from conferencing.domain.interval import Interval, as_utc

IcalStatus = Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]


class DisplayState(StrEnum):
    """What people see."""

    CONFIRMED = "confirmed"  # đã mời
    IN_SESSION = "in_session"  # đang họp
    ENDED = "ended"  # đã kết thúc
    CANCELLED = "cancelled"  # đã hủy
    DISPLACED = "displaced"  # bị nhường chỗ


def display_state(
    status: IcalStatus,
    interval: Interval,
    now: datetime,
    *,
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
) -> DisplayState:
    """Return what an occurrence is at a moment; an end that was recorded wins over the clock."""
    moment = as_utc(now)
    if status == "CANCELLED":
        return DisplayState.CANCELLED
    if ended_at is not None:
        return DisplayState.ENDED
    if started_at is not None:
        return DisplayState.IN_SESSION
    if moment >= interval.end:
        return DisplayState.ENDED
    return DisplayState.IN_SESSION if interval.contains(moment) else DisplayState.CONFIRMED
