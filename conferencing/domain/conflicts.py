"""Who stands in the way: clashes of held resources, and ports that do not suffice.

The database has the last word; this is the friendly answer with names and times in it.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from conferencing.domain.interval import Interval


@dataclass(frozen=True, slots=True)
class BusyBlock:
    """A resource (key such as "room:H1") is taken by a conference (its public code)."""

    resource: str
    interval: Interval
    conference: str
    title: str


@dataclass(frozen=True, slots=True)
class Clash:
    """A requested span meets a block; `interval` is the part they share."""

    resource: str
    requested: Interval
    interval: Interval
    conference: str
    title: str


@dataclass(frozen=True, slots=True)
class PortUse:
    """So many bridge ports over a span."""

    interval: Interval
    ports: int


@dataclass(frozen=True, slots=True)
class PortShortage:
    """A requested use does not fit: `peak` counts it and everything beside it."""

    requested: PortUse
    peak: int
    capacity: int

    @property
    def missing(self) -> int:
        """How many ports would have to be freed."""
        return self.peak - self.capacity


@dataclass(frozen=True, slots=True)
class RoomShortage:
    """A room joins fewer sites than are wanted."""

    wanted: int
    capacity: int

    @property
    def missing(self) -> int:
        """How many sites would have to stay out."""
        return self.wanted - self.capacity


def room_shortage(wanted: int, capacity: int) -> RoomShortage | None:
    """Say whether a room joins so many sites; None when it does."""
    return RoomShortage(wanted, capacity) if wanted > capacity else None


def same_for(
    resources: Iterable[str], intervals: Sequence[Interval]
) -> dict[str, Sequence[Interval]]:
    """The same requested spans for each resource, as `find_clashes` takes them."""
    return dict.fromkeys(resources, intervals)


def find_clashes(
    requested: Mapping[str, Sequence[Interval]], busy: Iterable[BusyBlock]
) -> list[Clash]:
    """Every pair of requested span and busy block of one resource that overlap.

    Ordered by time, then resource. Buffers are the caller's: pass widened spans.
    """
    blocks: defaultdict[str, list[BusyBlock]] = defaultdict(list)
    for block in busy:
        if block.resource in requested:
            blocks[block.resource].append(block)
    clashes = [
        clash
        for resource, of_resource in blocks.items()
        for clash in _clashes_of(sorted(requested[resource]), of_resource)
    ]
    return sorted(clashes, key=lambda c: (c.interval.start, c.resource, c.conference, c.requested))


def _clashes_of(spans: Sequence[Interval], blocks: Iterable[BusyBlock]) -> list[Clash]:
    starts = [span.start for span in spans]
    found: list[Clash] = []
    for block in blocks:
        for span in spans[: bisect_left(starts, block.interval.end)]:
            if (shared := span.intersection(block.interval)) is not None:
                found.append(Clash(block.resource, span, shared, block.conference, block.title))
    return found


class PortLevels:
    """How many ports are taken at each moment, asked by bisection: a series asks 200 times."""

    __slots__ = ("_levels", "_moments")

    def __init__(self, uses: Iterable[PortUse]) -> None:
        steps: Counter[datetime] = Counter()
        for use in uses:
            steps[use.interval.start] += use.ports
            steps[use.interval.end] -= use.ports
        self._moments = sorted(steps)
        self._levels = list(accumulate(steps[moment] for moment in self._moments))

    def peak(self, span: Interval) -> int:
        """Return the most ports taken at any one moment of the span."""
        first = max(0, bisect_right(self._moments, span.start) - 1)
        return max(self._levels[first : bisect_left(self._moments, span.end)], default=0)

    def left(self, capacity: int, spans: Iterable[Interval]) -> int:
        """Return how many ports of so many are free over all the spans; never negative."""
        return max(0, min((capacity - self.peak(span) for span in spans), default=0))


def port_shortage(
    uses: Iterable[PortUse], requested: Sequence[PortUse], capacity: int
) -> list[PortShortage]:
    """Each requested use that would lift the peak above the capacity, in order of start."""
    together = PortLevels([*uses, *requested])
    shortages = [
        PortShortage(wish, highest, capacity)
        for wish in requested
        if (highest := together.peak(wish.interval)) > capacity
    ]
    return sorted(shortages, key=lambda shortage: shortage.requested.interval)
