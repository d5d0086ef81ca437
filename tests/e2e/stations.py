"""Devices and alerts for journeys, written as ingest writes them."""

import itertools
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.clock import now
from hub.journal import record_all
from hub.orgunits.queries import unit_by_code
from hub.text import fold
from smartcity.alerts.lifecycle import AlertSignal, apply_signals
from smartcity.domain.rules import Change
from smartcity.domain.severity import Severity
from smartcity.models import AlarmMarks, Alert, Device, Observation, Rule, Series

_numbers = itertools.count(1)


def add_gauge(session: Session, unit_code: str, name: str, level: float = 1.0) -> Device:
    """Add a river gauge with marks, a day of readings and a fresh latest value."""
    unit = unit_by_code(session, unit_code)
    assert unit is not None
    at = now()
    device = Device(
        code=f"gauge-{unit_code}-{next(_numbers)}",
        name=name,
        name_fold=fold(name),
        kind="river_gauge",
        unit_id=unit.id,
        river="Kiến Giang",
        lat=17.22,
        lon=106.79,
        status="online",
        last_seen_at=at,
        created_at=at,
        updated_at=at,
    )
    session.add(device)
    session.flush()
    session.add(AlarmMarks(device_id=device.id, bd1=1.2, bd2=2.2, bd3=2.7, basis="test"))
    series = Series(
        device_id=device.id,
        prop="water_level",
        unit="m",
        latest_value=level,
        latest_observed_at=at,
        latest_received_at=at,
    )
    session.add(series)
    session.flush()
    session.add_all(
        Observation(
            series_id=series.id,
            observed_at=at - timedelta(minutes=10 * step),
            received_at=at,
            value=level - step / 100,
        )
        for step in range(100)
    )
    return device


def add_rule(session: Session, name: str, severity: str) -> Rule:
    """Add a threshold rule of the province."""
    province = unit_by_code(session, "44")
    assert province is not None
    rule = Rule(
        code=f"rule-{next(_numbers)}",
        name=name,
        kind="threshold",
        severity=severity,
        unit_id=province.id,
        prop="water_level",
        raise_at=2.0,
        updated_at=now(),
    )
    session.add(rule)
    session.flush()
    return rule


def raise_alert(
    session: Session,
    device: Device,
    *,
    what: str = "Mực nước trên BĐ3",
    severity: str = "critical",
    value: float = 4.88,
    observed_at: datetime | None = None,
) -> str:
    """Raise an alert through the same function ingest uses; returns its code."""
    rule = add_rule(session, what, severity)
    signal = AlertSignal(
        open_key=f"{rule.id}:{device.id}",
        device_id=device.id,
        device_name=device.name,
        unit_id=device.unit_id,
        kind="alarm_mark",
        change=Change.RAISE,
        severity=Severity(severity),
        rule_id=rule.id,
        rule_name=what,
        observed_at=observed_at or now(),
        prop="water_level",
        value=value,
        value_unit="m",
        threshold=2.7,
        mark=3,
    )
    facts = apply_signals(session, [signal], now())
    record_all(session, facts)
    code = session.scalar(select(Alert.code).where(Alert.open_key == signal.open_key))
    assert code is not None
    return code


def rise(session: Session, code: str, *, what: str, mark: int) -> None:
    """Let the water of an open alert pass a higher mark, as ingest tells it."""
    alert = session.scalars(select(Alert).where(Alert.code == code)).one()
    assert alert.open_key is not None
    rule = add_rule(session, what, "critical")
    signal = AlertSignal(
        open_key=alert.open_key,
        device_id=alert.device_id,
        device_name=alert.device.name,
        unit_id=alert.device.unit_id,
        kind=alert.kind,
        change=Change.ESCALATE,
        severity=Severity.CRITICAL,
        rule_id=rule.id,
        rule_name=what,
        observed_at=now(),
        prop=alert.prop,
        value=2.9,
        value_unit=alert.value_unit,
        threshold=2.7,
        mark=mark,
    )
    record_all(session, apply_signals(session, [signal], now()))
