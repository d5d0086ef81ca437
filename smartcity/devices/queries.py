"""Devices: lists by kind, unit and status; what each one said last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, and_, case, func, or_, select, type_coerce
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.elements import SQLCoreOperations

from hub.access.actor import Scope
from hub.access.models import OrgUnit
from hub.db import UtcDateTime, dialect_name
from hub.text import fold
from smartcity.models import Alert, Device, Observation, Rule, Series

SILENT_AFTER_INTERVALS: Final = 3
PAGE: Final = 60
TROUBLE: Final = ("offline", "silent", "unknown")
STATUSES: Final = ("online", "silent", "offline", "unknown", "retired")


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """What to list; ``status`` is one of :data:`STATUSES`, ``unit`` a subtree."""

    kind: str = ""
    status: str = ""
    unit: OrgUnit | None = None
    text: str = ""


def silent_before(device: Device, now: datetime) -> datetime:
    """Return the instant before which the device's last word counts as too old."""
    return now - timedelta(seconds=device.expected_interval_s * SILENT_AFTER_INTERVALS)


def device_status(device: Device, now: datetime) -> str:
    """Return online, silent, offline, unknown or retired as people should see it."""
    if not device.is_active:
        return "retired"
    if device.status == "offline" or device.last_seen_at is None:
        return "offline" if device.status == "offline" else "unknown"
    return "silent" if device.last_seen_at < silent_before(device, now) else "online"


def status_expression(session: Session, now: datetime) -> SQLCoreOperations[str]:
    """Return :func:`device_status` as SQL."""
    return case(
        (Device.is_active.is_(False), "retired"),
        (Device.status == "offline", "offline"),
        (Device.last_seen_at.is_(None), "unknown"),
        (_is_silent(session, now), "silent"),
        else_="online",
    )


def _is_silent(session: Session, now: datetime) -> ColumnElement[bool]:
    intervals = Device.expected_interval_s * SILENT_AFTER_INTERVALS
    # Few distinct intervals exist; comparing each keeps the instant typed on both databases.
    values = session.scalars(select(Device.expected_interval_s).distinct()).all()
    clauses = [
        and_(
            intervals == value * SILENT_AFTER_INTERVALS,
            Device.last_seen_at < now - timedelta(seconds=value * SILENT_AFTER_INTERVALS),
        )
        for value in values
    ]
    return or_(*clauses) if clauses else Device.id.is_(None)


def _narrowed(scope: Scope, wanted: DeviceFilter) -> list[ColumnElement[bool]]:
    clauses = [scope.clause(Device.unit_id)]
    if wanted.unit is not None:
        clauses.append(Scope((wanted.unit.path,)).clause(Device.unit_id))
    if wanted.text:
        pattern = f"%{fold(wanted.text)}%"
        clauses.append(or_(Device.name_fold.like(pattern), func.lower(Device.code).like(pattern)))
    return clauses


def devices(
    session: Session,
    scope: Scope,
    wanted: DeviceFilter,
    now: datetime,
    *,
    offset: int = 0,
    limit: int = PAGE,
) -> Sequence[Device]:
    """Return a page of devices: those in trouble first, each part by unit, kind and code."""
    status = status_expression(session, now)
    is_well = case((status.in_(TROUBLE), 0), else_=1)
    query = (
        select(Device)
        .join(OrgUnit, OrgUnit.id == Device.unit_id)
        .where(*_narrowed(scope, wanted))
        .options(selectinload(Device.series))
        .order_by(is_well, OrgUnit.path, Device.kind, Device.code)
    )
    if wanted.kind:
        query = query.where(Device.kind == wanted.kind)
    if wanted.status:
        query = query.where(status == wanted.status)
    return session.scalars(query.offset(offset).limit(limit)).unique().all()


def device_counts(
    session: Session, scope: Scope, wanted: DeviceFilter, now: datetime
) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many devices there are by kind and by status, each under the other filter."""
    status = status_expression(session, now)
    query = (
        select(Device.kind, status, func.count())
        .where(*_narrowed(scope, wanted))
        .group_by(Device.kind, status)
    )
    by_kind: dict[str, int] = {}
    by_status: dict[str, int] = {}
    for kind, found, count in session.execute(query):
        if wanted.status in {"", found}:
            by_kind[kind] = by_kind.get(kind, 0) + count
        if wanted.kind in {"", kind}:
            by_status[found] = by_status.get(found, 0) + count
    return by_kind, by_status


def device_by_code(session: Session, code: str) -> Device | None:
    """Return the device with its series and marks."""
    query = (
        select(Device)
        .where(Device.code == code)
        .options(selectinload(Device.series), joinedload(Device.marks))
    )
    return session.scalars(query).unique().one_or_none()


def latest_values(session: Session, scope: Scope, kinds: Sequence[str] = ()) -> Sequence[Series]:
    """Return the series with a value, with their devices, inside the scope."""
    query = (
        select(Series)
        .join(Device)
        .where(scope.clause(Device.unit_id), Series.latest_observed_at.is_not(None))
        .options(joinedload(Series.device))
        .order_by(Device.code, Series.prop)
    )
    if kinds:
        query = query.where(Device.kind.in_(kinds))
    return session.scalars(query).unique().all()


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One stored reading of a device."""

    prop: str
    unit: str
    value: float
    observed_at: datetime
    received_at: datetime
    is_drill: bool


def last_readings(session: Session, device_id: int, limit: int = 20) -> list[ReadingRow]:
    """Return the newest readings of a device over all its series."""
    series = session.scalars(select(Series).where(Series.device_id == device_id)).all()
    rows = [
        ReadingRow(one.prop, one.unit, row.value, row.observed_at, row.received_at, row.is_drill)
        for one in series
        for row in session.scalars(
            select(Observation)
            .where(Observation.series_id == one.id)
            .order_by(Observation.observed_at.desc())
            .limit(limit)
        )
    ]
    return sorted(rows, key=lambda row: row.observed_at, reverse=True)[:limit]


def gaps(
    session: Session, series_id: int, since: datetime, longest: timedelta, limit: int = 10
) -> list[tuple[datetime, datetime]]:
    """Return the newest stretches without a reading that were longer than ``longest``."""
    instant = Observation.observed_at
    before = func.lag(instant, type_=UtcDateTime()).over(order_by=instant)
    pairs = (
        select(before.label("start"), Observation.observed_at.label("end"))
        .where(Observation.series_id == series_id, Observation.observed_at >= since)
        .subquery()
    )
    span: ColumnElement[bool]
    if dialect_name(session) == "sqlite":
        micros = longest // timedelta(microseconds=1)
        span = (
            func.abs(type_coerce(pairs.c.end, BigInteger) - type_coerce(pairs.c.start, BigInteger))
            > micros
        )
    else:
        span = pairs.c.end - pairs.c.start > longest
    query = select(pairs.c.start, pairs.c.end).where(pairs.c.start.is_not(None), span)
    rows = session.execute(query.order_by(pairs.c.end.desc()).limit(limit)).all()
    return [(start, end) for start, end in rows]


def alerts_of_device(session: Session, device_id: int, limit: int = 20) -> Sequence[Alert]:
    """Return the newest alerts of a device, closed ones included."""
    query = select(Alert).where(Alert.device_id == device_id).order_by(Alert.id.desc())
    return session.scalars(query.limit(limit)).all()


def rules_for_device(session: Session, device: Device) -> list[Rule]:
    """Return the active rules that speak of this device."""
    rows = session.scalars(select(Rule).where(Rule.is_active)).all()
    return [
        rule
        for rule in rows
        if (rule.device_id == device.id)
        or (rule.device_id is None and rule.device_kind in {"", device.kind})
    ]
