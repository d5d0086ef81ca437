"""Writes observations, newest values, detections and device presence of a plan.

The observation insert is the hot statement of the product and speaks to the driver directly;
everything else is written once per series or device and batch, not once per message.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select, tuple_, update
from sqlalchemy.orm import Session

from hub.db import dialect_name, to_micros
from hub.journal import Fact
from smartcity.domain.reading import Reading
from smartcity.ingest.plan import Latest, Plan, Sighting
from smartcity.ingest.registry import KnownDevice, KnownSeries
from smartcity.models import Detection, Device, Series

SEEN_EVERY: Final = timedelta(seconds=10)

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
# Rows are locked in the order of their ids, so that two slots cannot wait for each other.
_POSTGRES_LATEST: Final = (
    "WITH news AS (SELECT * FROM unnest(%s::int[], %s::float8[], %s::timestamptz[],"
    " %s::timestamptz[], %s::bool[], %s::text[])"
    " AS n (id, value, observed_at, received_at, is_drill, unit)),"
    " held AS (SELECT s.id FROM smartcity_series s JOIN news USING (id) ORDER BY s.id FOR UPDATE)"
    " UPDATE smartcity_series s SET latest_value = n.value, latest_observed_at = n.observed_at,"
    " latest_received_at = n.received_at, is_drill = n.is_drill, unit = coalesce(n.unit, s.unit)"
    " FROM news n JOIN held USING (id) WHERE s.id = n.id"
    " AND (s.latest_observed_at IS NULL OR s.latest_observed_at < n.observed_at)"
)


def write_observations(session: Session, plan: Plan) -> None:
    """Insert new series, observations and newest values."""
    _create_series(session, plan)
    if not plan.observations:
        return
    if dialect_name(session) == "sqlite":
        _observations_sqlite(session, plan)
    else:
        _observations_postgres(session, plan)


def _create_series(session: Session, plan: Plan) -> None:
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


def _observations_sqlite(session: Session, plan: Plan) -> None:
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


def _observations_postgres(session: Session, plan: Plan) -> None:
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


def write_detections(session: Session, sightings: Sequence[Sighting]) -> list[Sighting]:
    """Insert detections; returns those that were new. A resend may only add its end."""
    if not sightings:
        return []
    first: dict[tuple[int, str], Sighting] = {}
    resent: list[Sighting] = []
    known = _known_detections(session, sightings)
    for sighting in sightings:
        key = (sighting.device.device_id, sighting.detection.external_id)
        if key in known or key in first:
            resent.append(sighting)
        else:
            first[key] = sighting
    if first:
        session.execute(insert(Detection), [_detection_row(item) for item in first.values()])
    _end_detections(session, resent)
    return list(first.values())


def _known_detections(session: Session, sightings: Sequence[Sighting]) -> set[tuple[int, str]]:
    keys = {(item.device.device_id, item.detection.external_id) for item in sightings}
    columns = tuple_(Detection.device_id, Detection.external_id)
    query = select(Detection.device_id, Detection.external_id).where(columns.in_(keys))
    return {(row.device_id, row.external_id) for row in session.execute(query)}


def _detection_row(sighting: Sighting) -> dict[str, Any]:
    detection = sighting.detection
    return {
        "device_id": sighting.device.device_id,
        "external_id": detection.external_id,
        "observed_at": detection.observed_at,
        "received_at": sighting.received_at,
        "label": detection.label,
        "score": detection.score,
        "zone": detection.zone or "",
        "snapshot_url": detection.snapshot_url or "",
        "started_at": detection.started_at,
        "ended_at": detection.ended_at,
        "attributes": dict(detection.attributes),
        "is_drill": detection.drill,
    }


def _end_detections(session: Session, resent: Sequence[Sighting]) -> None:
    for sighting in resent:
        if sighting.detection.ended_at is not None:
            session.execute(
                update(Detection)
                .where(
                    Detection.device_id == sighting.device.device_id,
                    Detection.external_id == sighting.detection.external_id,
                    Detection.ended_at.is_(None),
                )
                .values(ended_at=sighting.detection.ended_at)
            )


def write_presence(session: Session, plan: Plan) -> list[Fact]:
    """Update when devices were last seen and whether they are online; facts for the live view."""
    facts = []
    for code in sorted(plan.seen.keys() | plan.statuses.keys()):
        device, values = _presence(plan, code)
        if not values:
            continue
        session.execute(update(Device).where(Device.id == device.device_id).values(**values))
        if "status" in values:
            facts.append(_device_fact(device, values["status"], values["status_at"]))
    return facts


def _presence(plan: Plan, code: str) -> tuple[KnownDevice, dict[str, Any]]:
    values: dict[str, Any] = {}
    if code in plan.seen:
        device, seen_at = plan.seen[code]
        status, status_at = "online", seen_at
        if device.last_seen_at is None or seen_at - device.last_seen_at >= SEEN_EVERY:
            values["last_seen_at"] = seen_at
    if code in plan.statuses:
        device, change = plan.statuses[code]
        status, status_at = ("online" if change.online else "offline"), change.observed_at
    if status != device.status:
        values.update(status=status, status_at=status_at)
    return device, values


def _device_fact(device: KnownDevice, status: str, at: datetime) -> Fact:
    data = {
        "id": device.device_id,
        "code": device.code,
        "name": device.name,
        "kind": device.kind,
        "site_code": device.site_code,
        "status": status,
        "at": at.isoformat(),
    }
    return Fact("device.changed", [device.unit_id], data)


def learn_presence(plan: Plan) -> None:
    """Remember what `write_presence` has written."""
    for code in plan.seen.keys() | plan.statuses.keys():
        device, values = _presence(plan, code)
        device.last_seen_at = values.get("last_seen_at", device.last_seen_at)
        device.status = values.get("status", device.status)
