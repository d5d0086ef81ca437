"""Who stands in the way: clashes of held resources, and ports that do not suffice.

The database has the last word; this is the friendly answer with names and times in it.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

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


def peak(uses: Iterable[PortUse], within: Interval | None = None) -> int:
    """The most ports taken at any one moment, inside `within` when given; 0 for no use."""
    steps: list[tuple[datetime, int]] = []
    for use in uses:
        span = use.interval if within is None else use.interval.intersection(within)
        if span is not None:
            steps += [(span.start, use.ports), (span.end, -use.ports)]
    # Sorting puts a release before a take at the same moment: the spans are half-open.
    level = highest = 0
    for _, change in sorted(steps):
        level += change
        highest = max(highest, level)
    return highest


def port_shortage(
    uses: Iterable[PortUse], requested: Sequence[PortUse], capacity: int
) -> list[PortShortage]:
    """Each requested use that would lift the peak above the capacity, in order of start."""
    together = [*uses, *requested]
    shortages = [
        PortShortage(wish, highest, capacity)
        for wish in requested
        if (highest := peak(together, wish.interval)) > capacity
    ]
    return sorted(shortages, key=lambda shortage: shortage.requested.interval)
