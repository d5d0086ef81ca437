"""Who is free when: one index over busy spans, asked by the find-a-time heat and alternatives."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from conferencing.domain.conflicts import PortLevels, PortUse
from conferencing.domain.interval import Interval, merge

HALF_HOUR: Final = timedelta(minutes=30)


class Timeline:
    """Merged busy spans that answer "is this free?" in logarithmic time."""

    __slots__ = ("_starts", "spans")

    def __init__(self, busy: Iterable[Interval]) -> None:
        self.spans: list[Interval] = merge(busy)
        self._starts: list[datetime] = [span.start for span in self.spans]

    def is_free(self, span: Interval) -> bool:
        """True when no busy span overlaps."""
        index = bisect_right(self._starts, span.start)
        if index and self.spans[index - 1].end > span.start:
            return False
        return index == len(self.spans) or self._starts[index] >= span.end

    def are_free(self, spans: Iterable[Interval]) -> bool:
        """True when every span is free."""
        return all(self.is_free(span) for span in spans)


@dataclass(frozen=True)
class PortPool:
    """A bridge: how many ports it has and which are taken when."""

    capacity: int
    uses: tuple[PortUse, ...] = ()

    def free_during(self, spans: Iterable[Interval]) -> int:
        """The fewest free ports over the spans; never negative."""
        return self._levels.left(self.capacity, spans)

    @cached_property
    def _levels(self) -> PortLevels:
        return PortLevels(self.uses)


class Availability:
    """The busy spans of many resources (buffers already folded in), and the ports if they count."""

    def __init__(
        self, busy: Mapping[str, Iterable[Interval]], ports: PortPool | None = None
    ) -> None:
        self._timelines = {resource: Timeline(spans) for resource, spans in busy.items()}
        self._ports = ports

    def is_free(self, resource: str, spans: Iterable[Interval]) -> bool:
        """True when the resource is free over all spans; one without busy spans always is."""
        timeline = self._timelines.get(resource)
        return timeline is None or timeline.are_free(spans)

    def together(self, resources: Iterable[str]) -> Timeline:
        """One timeline that is free exactly when all the resources are."""
        known = (self._timelines[key] for key in resources if key in self._timelines)
        return Timeline(span for timeline in known for span in timeline.spans)

    def free_ports(self, spans: Sequence[Interval]) -> int | None:
        """Free ports over the spans, or None when ports do not count."""
        return None if self._ports is None else self._ports.free_during(spans)

    def has_ports(self, spans: Sequence[Interval], needed: int) -> bool:
        """True when the bridge has that many ports left over all spans."""
        free = self.free_ports(spans)
        return free is None or free >= needed

    def spans_of(self, resource: str) -> Sequence[Interval]:
        """The merged busy spans of a resource."""
        timeline = self._timelines.get(resource)
        return () if timeline is None else timeline.spans


@dataclass(frozen=True, slots=True)
class HeatCell:
    """So many of `total` resources are free during the whole cell."""

    interval: Interval
    free: int
    total: int


def heat(
    resources: Sequence[str],
    window: Interval,
    availability: Availability,
    step: timedelta = HALF_HOUR,
) -> list[HeatCell]:
    """Free counts per step from the start of the window; the last cell may be cut short."""
    cells = -(-window.duration // step)
    # Differences: +1 where a resource becomes busy, -1 where it is free again.
    changes = [0] * (cells + 1)
    for resource in resources:
        for first, last in _busy_cells(availability.spans_of(resource), window, step):
            changes[first] += 1
            changes[last] -= 1
    busy = 0
    result: list[HeatCell] = []
    for index in range(cells):
        busy += changes[index]
        start = window.start + index * step
        cell = Interval(start, min(start + step, window.end))
        result.append(HeatCell(cell, len(resources) - busy, len(resources)))
    return result


def _busy_cells(
    spans: Sequence[Interval], window: Interval, step: timedelta
) -> Iterable[tuple[int, int]]:
    taken = 0  # two spans may touch one cell, which must be counted once
    for span in spans:
        shared = span.intersection(window)
        if shared is None:
            continue
        first = max(taken, (shared.start - window.start) // step)
        last = -(-(shared.end - window.start) // step)
        if last > first:
            yield first, last
            taken = last
