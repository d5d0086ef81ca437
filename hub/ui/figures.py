"""Small drawings made on the server: sparklines and proportion bars as numbers for SVG."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Sparkline:
    """A line inside a box of width x height units, y pointing down as in SVG."""

    width: int
    height: int
    line: str
    area: str
    threshold_y: float | None
    last: tuple[float, float] | None


@dataclass(frozen=True)
class Segment:
    """One part of a proportion bar: where it starts and how wide it is, in per cent."""

    offset: float
    share: float
    count: int
    kind: str
    label: str


def sparkline(
    points: Sequence[float | None],
    threshold: float | None = None,
    width: int = 60,
    height: int = 32,
) -> Sparkline:
    """Scale evenly spaced readings (None is a gap) and a threshold into the box."""
    known = [p for p in points if p is not None]
    scale = [*known, threshold] if threshold is not None else known
    low, high = (min(scale), max(scale)) if scale else (0.0, 1.0)
    span = (high - low) or 1.0
    margin = 3
    step = (width - 2 * margin) / max(len(points) - 1, 1)

    def y(value: float) -> float:
        return round(height - margin - (value - low) / span * (height - 2 * margin), 1)

    placed = [
        (round(margin + i * step, 1), y(value)) if value is not None else None
        for i, value in enumerate(points)
    ]
    runs = _runs(placed)
    drawn = [place for run in runs for place in run]
    return Sparkline(
        width=width,
        height=height,
        line=" ".join(_path(run) for run in runs),
        area=" ".join(_area(run, height) for run in runs if len(run) > 1),
        threshold_y=y(threshold) if threshold is not None else None,
        last=drawn[-1] if drawn else None,
    )


def _runs(placed: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for place in placed:
        if place is not None:
            runs[-1].append(place)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _path(run: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x} {y}" for x, y in run)


def _area(run: Sequence[tuple[float, float]], height: int) -> str:
    return f"{_path(run)} L{run[-1][0]} {height} L{run[0][0]} {height} Z"


def proportions(parts: Sequence[tuple[int, str, str]]) -> list[Segment]:
    """Turn (count, kind, label) into segments that fill the bar; empty parts are left out."""
    total = sum(count for count, _, _ in parts)
    segments: list[Segment] = []
    offset = 0.0
    for count, kind, label in parts:
        if count <= 0:
            continue
        share = 100 * count / total
        segments.append(Segment(round(offset, 3), round(share, 3), count, kind, label))
        offset += share
    return segments
