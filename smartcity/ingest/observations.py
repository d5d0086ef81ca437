"""Writes observations and the newest value of each series: the hot path of the product.

The observation insert speaks to the driver directly; series are created once in their life.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hub.db import dialect_name, to_micros
from smartcity.domain.reading import Reading
from smartcity.ingest.plan import BatchPlan, Latest
from smartcity.ingest.registry import KnownDevice, KnownSeries
from smartcity.models import Series

_SQLITE_INSERT: Final = (
    "INSERT INTO smartcity_observation (series_id, observed_at, received_at, value, is_drill)"
    " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
# One statement with five arrays: the planner runs once and the rows travel once. The arrays are
# written out as literals here, because the driver's own array adapter takes longer than the insert.
_POSTGRES_INSERT: Final = (
    "INSERT INTO smartcity_observation (series_id, observed_at, received_at, value, is_drill)"
    " SELECT * FROM unnest(%s::int[], %s::timestamptz[], %s::timestamptz[], %s::float8[],"
    " %s::bool[]) ON CONFLICT DO NOTHING"
)
_SQLITE_LATEST: Final = (
    "UPDATE smartcity_series SET latest_value = ?, latest_observed_at = ?,"
    " latest_received_at = ?, is_drill = ?, unit = coalesce(?, unit)"
    " WHERE id = ? AND (latest_observed_at IS NULL OR latest_observed_at < ?)"
)
# Rows are locked in the order of their ids, and no harder than the foreign keys of the observations
# just inserted bear: otherwise two slots that share a series would wait for each other.
_POSTGRES_LATEST: Final = (
    "WITH news AS (SELECT * FROM unnest(%s::int[], %s::float8[], %s::timestamptz[],"
    " %s::timestamptz[], %s::bool[], %s::text[])"
    " AS n (id, value, observed_at, received_at, is_drill, unit)),"
    " held AS (SELECT s.id FROM smartcity_series s JOIN news USING (id) ORDER BY s.id"
    " FOR NO KEY UPDATE)"
    " UPDATE smartcity_series s SET latest_value = n.value, latest_observed_at = n.observed_at,"
    " latest_received_at = n.received_at, is_drill = n.is_drill, unit = coalesce(n.unit, s.unit)"
    " FROM news n JOIN held USING (id) WHERE s.id = n.id"
    " AND (s.latest_observed_at IS NULL OR s.latest_observed_at < n.observed_at)"
)


def write_observations(session: Session, plan: BatchPlan) -> None:
    """Insert new series, observations and newest values."""
    _create_series(session, plan)
    if not plan.observations:
        return
    if dialect_name(session) == "sqlite":
        _observations_sqlite(session, plan)
    else:
        _observations_postgres(session, plan)


def _create_series(session: Session, plan: BatchPlan) -> None:
    for (device, series), unit in ((entry, entry[1].unit) for entry in plan.new_series.values()):
        known = session.execute(
            select(Series.id).where(
                Series.device_id == device.device_id, Series.prop == series.prop
            )
        ).scalar()
        series.series_id = known or _insert_series(session, device, series, unit)


def _insert_series(session: Session, device: KnownDevice, series: KnownSeries, unit: str) -> int:
    row = {"device_id": device.device_id, "prop": series.prop, "unit": unit, "is_drill": False}
    return session.execute(insert(Series).values(row).returning(Series.id)).scalar_one()


def _observations_sqlite(session: Session, plan: BatchPlan) -> None:
    connection = session.connection()
    rows = [
        (s.series_id, to_micros(r.observed_at), to_micros(at), r.value, r.drill)
        for s, r, at in plan.observations
    ]
    connection.exec_driver_sql(_SQLITE_INSERT, rows)
    latest = [_latest_row(item) for item in plan.latest.values()]
    if latest:
        connection.exec_driver_sql(_SQLITE_LATEST, latest)


def _latest_row(latest: Latest) -> tuple[Any, ...]:
    reading = latest.reading
    observed_at = to_micros(reading.observed_at)
    return (
        reading.value,
        observed_at,
        to_micros(latest.received_at),
        reading.drill,
        reading.unit,
        latest.series.series_id,
        observed_at,
    )


def _observations_postgres(session: Session, plan: BatchPlan) -> None:
    connection = session.connection()
    columns = _columns(plan.observations)
    connection.exec_driver_sql(_POSTGRES_INSERT, columns)
    latest = list(plan.latest.values())
    if latest:
        values = (
            _array(str(item.series.series_id) for item in latest),
            _array(repr(item.reading.value) for item in latest),
            _array(item.reading.observed_at.isoformat() for item in latest),
            _array(item.received_at.isoformat() for item in latest),
            _array("t" if item.reading.drill else "f" for item in latest),
            [item.reading.unit for item in latest],
        )
        connection.exec_driver_sql(_POSTGRES_LATEST, values)


def _columns(
    observations: Sequence[tuple[KnownSeries, Reading, datetime]],
) -> tuple[str, ...]:
    return (
        _array(str(series.series_id) for series, _, _ in observations),
        _array(reading.observed_at.isoformat() for _, reading, _ in observations),
        _array(received_at.isoformat() for _, _, received_at in observations),
        _array(repr(reading.value) for _, reading, _ in observations),
        _array("t" if reading.drill else "f" for _, reading, _ in observations),
    )


def _array(literals: Iterable[str]) -> str:
    """A PostgreSQL array of numbers, instants or booleans, none of which needs quoting."""
    return f"{{{','.join(literals)}}}"
