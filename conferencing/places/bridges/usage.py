"""How full a bridge is today: a step line of ports in use against its capacity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from conferencing.domain.conflicts import PortUse
from conferencing.domain.interval import Interval
from conferencing.holds.queries import port_spans
from conferencing.models import Bridge
from hub.clock import local

FIRST_HOUR: Final = 6
LAST_HOUR: Final = 20
STEP: Final = timedelta(minutes=15)
WIDTH: Final = 560
HEIGHT: Final = 32


@dataclass(frozen=True, slots=True)
class Usage:
    """One day of a bridge; ``line`` and ``area`` are SVG paths in a box of WIDTH x HEIGHT."""

    peak: int
    peak_at: datetime | None
    in_use: int
    line: str
    area: str
    now_x: float | None

    @property
    def width(self) -> int:
        """Width of the drawing."""
        return WIDTH

    @property
    def height(self) -> int:
        """Height of the drawing."""
        return HEIGHT


def usage_today(session: Session, bridge: Bridge, at: datetime) -> Usage:
    """Return today's use of a bridge between 06:00 and 20:00."""
    opening = local(at).replace(hour=FIRST_HOUR, minute=0, second=0, microsecond=0)
    window = Interval(opening, opening.replace(hour=LAST_HOUR))
    return usage_of(port_spans(session, bridge.id, window), bridge.ports, window, at)


def usage_of(spans: Sequence[PortUse], ports: int, window: Interval, at: datetime) -> Usage:
    """Draw the use of some spans inside a window."""
    moments = []
    moment = window.start
    while moment < window.end:
        moments.append(moment)
        moment += STEP
    counts = [used_at(spans, moment) for moment in moments]
    peak = max(counts, default=0)
    line = _line(counts, ports)
    now_share = (at - window.start) / (window.end - window.start)
    return Usage(
        peak=peak,
        peak_at=moments[counts.index(peak)] if peak else None,
        in_use=used_at(spans, at),
        line=line,
        area=f"{line}V{HEIGHT}H0Z",
        now_x=round(WIDTH * now_share, 1) if 0 <= now_share <= 1 else None,
    )


def used_at(spans: Sequence[PortUse], moment: datetime) -> int:
    """Return the ports in use at a moment."""
    return sum(span.ports for span in spans if span.interval.contains(moment))


def _line(counts: Sequence[int], ports: int) -> str:
    step = WIDTH / max(len(counts), 1)
    path = [f"M0 {_y(counts[0] if counts else 0, ports)}"]
    for number, count in enumerate(counts):
        path.append(f"V{_y(count, ports)}H{round(step * (number + 1), 1)}")
    return "".join(path)


def _y(count: int, ports: int) -> float:
    return round(HEIGHT - (HEIGHT - 2) * min(count / ports, 1), 1)
