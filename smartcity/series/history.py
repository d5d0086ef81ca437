"""The past of a series, thinned in the database to what a chart can show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from hub.db import dialect_name
from smartcity.models import Observation

MAX_POINTS: Final = 500
RANGES: Final[dict[str, timedelta]] = {
    "6h": timedelta(hours=6),
    "24h": timedelta(hours=24),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """One stretch of time: its last reading's instant, lowest, highest and mean value."""

    at: datetime
    low: float
    high: float
    mean: float
    count: int


def _bucket(session: Session, start: datetime, width: timedelta) -> ColumnElement[Any]:
    """Number of the stretch a reading falls into, the same on both databases."""
    column = Observation.observed_at
    if dialect_name(session) == "sqlite":
        micros = width // timedelta(microseconds=1)
        first = int(start.timestamp() * 1_000_000)
        return (type_coerce(column, BigInteger) - first) / micros
    seconds = func.extract("epoch", column) - start.timestamp()
    return cast(func.floor(seconds / width.total_seconds()), BigInteger)


def history(
    session: Session, series_id: int, start: datetime, end: datetime, points: int = MAX_POINTS
) -> list[HistoryPoint]:
    """Return at most ``points`` stretches of [start, end) that hold a reading, oldest first."""
    return histories(session, [series_id], start, end, points).get(series_id, [])


def histories(
    session: Session, series_ids: Sequence[int], start: datetime, end: datetime, points: int
) -> dict[int, list[HistoryPoint]]:
    """Return the history of several series in one question."""
    if not series_ids:
        return {}
    width = max((end - start) / points, timedelta(seconds=1))
    bucket = _whole(session, _bucket(session, start, width))
    query = (
        select(
            Observation.series_id,
            func.max(Observation.observed_at),
            func.min(Observation.value),
            func.max(Observation.value),
            func.avg(Observation.value),
            func.count(),
        )
        .where(
            Observation.series_id.in_(series_ids),
            Observation.observed_at >= start,
            Observation.observed_at < end,
        )
        .group_by(Observation.series_id, bucket)
        .order_by(Observation.series_id, func.max(Observation.observed_at))
    )
    found: dict[int, list[HistoryPoint]] = {}
    for series_id, at, low, high, mean, count in session.execute(query):
        found.setdefault(series_id, []).append(HistoryPoint(at, low, high, mean, count))
    return found


def _whole(session: Session, bucket: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(bucket, BigInteger) if dialect_name(session) == "sqlite" else bucket


def evenly(
    points: Sequence[HistoryPoint], start: datetime, end: datetime, steps: int
) -> list[float | None]:
    """Return one value per step of time (None is a gap), for a small drawing."""
    values: list[float | None] = [None] * steps
    width = (end - start) / steps
    for point in points:
        index = min(int((point.at - start) / width), steps - 1)
        values[index] = point.mean
    return values


def recent(
    session: Session, series_ids: Sequence[int], since: datetime
) -> dict[int, list[tuple[datetime, float]]]:
    """Return the readings of several series since an instant, oldest first."""
    query = (
        select(Observation.series_id, Observation.observed_at, Observation.value)
        .where(Observation.series_id.in_(series_ids), Observation.observed_at >= since)
        .order_by(Observation.series_id, Observation.observed_at)
    )
    found: dict[int, list[tuple[datetime, float]]] = {}
    for series_id, at, value in session.execute(query):
        found.setdefault(series_id, []).append((at, value))
    return found
