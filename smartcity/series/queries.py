"""Curves of the last day: readings gathered into even steps by the database."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    and_,
    cast,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.clock import now
from hub.db import dialect_name
from smartcity.models import Device, Observation, Series

DAY: Final = timedelta(hours=24)
SPARK_SECONDS: Final = 1800
TREND_SECONDS: Final = 300


def step_of(
    session: Session, column: InstrumentedAttribute[datetime], seconds: int
) -> ColumnElement[int]:
    """Return the number of the step of so many seconds since 1970 an instant lies in."""
    if dialect_name(session) == "sqlite":
        return type_coerce(column, BigInteger) // (seconds * 1_000_000)
    return cast(func.floor(func.extract("epoch", column) / seconds), Integer)


def curves(
    session: Session, wanted: Collection[tuple[int, str]], seconds: int
) -> dict[tuple[int, str], list[float | None]]:
    """Return per (device, property) the highest value of each step of the last 24 hours.

    Steps without a reading are None.
    """
    if not wanted:
        return {}
    at = now()
    matches = or_(*(and_(Series.device_id == d, Series.prop == p) for d, p in sorted(wanted)))
    names = {s.id: (s.device_id, s.prop) for s in session.scalars(select(Series).where(matches))}
    steps = _steps(session, [(series, at - DAY) for series in names], seconds)
    first, last = (int(t.timestamp()) // seconds for t in (at - DAY, at))
    return {
        names[series]: [found.get(step) for step in range(first + 1, last + 1)]
        for series, found in steps.items()
    }


def _steps(
    session: Session, since: Iterable[tuple[int, datetime]], seconds: int
) -> dict[int, dict[int, float]]:
    windows = [
        and_(Observation.series_id == series, Observation.observed_at > begin)
        for series, begin in since
    ]
    if not windows:
        return {}
    step = step_of(session, Observation.observed_at, seconds).label("step")
    query = (
        select(Observation.series_id, step, func.max(Observation.value))
        .where(or_(*windows))
        .group_by(Observation.series_id, step)
    )
    found: dict[int, dict[int, float]] = {}
    for series, number, value in session.execute(query):
        found.setdefault(series, {})[int(number)] = value
    return found


def _instant(step: int) -> datetime:
    return datetime.fromtimestamp(step * TREND_SECONDS, tz=now().tzinfo)


Marker = tuple[datetime | None, dict[int, datetime]]
# Another ingest process may commit a little later what it received a little earlier.
OVERLAP: Final = timedelta(seconds=3)


def latest_values(
    session: Session, marker: Marker | None
) -> tuple[Marker, list[tuple[int, dict[str, Any]]]]:
    """Return (unit id, payload) of each series that has changed since the marker, and a new marker.

    Without a marker nothing is returned but the point to go on from.
    """
    if marker is None:
        return (session.scalar(select(func.max(Series.latest_received_at))), {}), []
    since, told = marker
    query = select(*_VALUE, Series.latest_received_at, Device.unit_id).join(Series.device)
    if since is not None:
        query = query.where(Series.latest_received_at > since - OVERLAP)
    rows = session.execute(query.where(Series.latest_received_at.is_not(None))).all()
    fresh = [row for row in rows if told.get(row.id) != row.latest_observed_at]
    now_told = {row.id: row.latest_observed_at for row in rows}
    newest = max((row.latest_received_at for row in rows), default=since)
    return (newest, now_told), [(row.unit_id, _value_view(row)) for row in fresh]


# Columns, not objects: this is asked four times a second.
_VALUE: Final = (
    Series.id,
    Series.device_id,
    Series.prop,
    Series.unit,
    Series.latest_value,
    Series.latest_observed_at,
)


def _value_view(row: Any) -> dict[str, Any]:
    return {
        "series_id": row.id,
        "device_id": row.device_id,
        "prop": row.prop,
        "value": row.latest_value,
        "unit": row.unit,
        "observed_at": row.latest_observed_at.isoformat(),
    }
