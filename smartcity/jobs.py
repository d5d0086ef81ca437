"""Ticks of the smart-city half: silence, shelving, settled alerts, retention.

Each is idempotent: what one run misses, the next one does.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from flask import Flask
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from hub.access.models import OrgUnit
from hub.clock import now
from hub.db import each_in_transaction, read_session, transaction
from hub.journal import Fact, record_all
from hub.ticks import Tick
from smartcity.alerts import services
from smartcity.alerts.lifecycle import AlertSignal, apply_signals, open_key
from smartcity.domain.rules import AbsenceRule, Change, is_silent
from smartcity.domain.severity import Severity
from smartcity.models import (
    Alert,
    DeadLetter,
    Detection,
    Device,
    Observation,
    QuarantinedDevice,
    Rule,
)

KEEP_OBSERVATIONS: Final = timedelta(days=400)
KEEP_DETECTIONS: Final = timedelta(days=90)
KEEP_DEAD_LETTERS: Final = timedelta(days=30)
KEEP_REJECTED: Final = timedelta(days=90)
CLOSE_RETURNED_AFTER: Final = timedelta(minutes=30)
BATCH: Final = 200


def watch_silence(_app: Flask) -> int:
    """Raise and clear the alerts of absence rules; returns how many signals there were."""
    with transaction() as session:
        at = now()
        signals = absence_signals(session, at)
        facts: list[Fact] = []
        for start in range(0, len(signals), BATCH):
            facts += apply_signals(session, signals[start : start + BATCH], at)
        # Last, because it locks: whoever holds an alert would wait for us, and we for the alert.
        record_all(session, facts)
    return len(signals)


def absence_signals(session: Session, at: datetime) -> list[AlertSignal]:
    """Return what has to be raised or cleared now; an alert already open is not repeated."""
    rules = session.execute(
        select(Rule, OrgUnit.path)
        .join(OrgUnit, OrgUnit.id == Rule.unit_id)
        .where(Rule.kind == "absence", Rule.is_active, Rule.silence_s.is_not(None))
    )
    signals: list[AlertSignal] = []
    for rule, path in rules:
        signals += _signals_of(session, rule, path, at)
    return signals


def _signals_of(session: Session, rule: Rule, path: str, at: datetime) -> list[AlertSignal]:
    pure = AbsenceRule(rule.id, timedelta(seconds=rule.silence_s or 0), Severity(rule.severity))
    active = dict(
        session.execute(
            select(Alert.device_id, Alert.open_key).where(
                Alert.rule_id == rule.id,
                Alert.kind == "absence",
                Alert.open_key.is_not(None),
                Alert.returned_at.is_(None),
            )
        ).all()
    )
    signals = []
    for device in _watched(session, rule, path):
        silent = device.is_active and is_silent(pure, device.last_seen_at, at)
        if silent and device.id not in active and not _closed_since(session, rule, device):
            signals.append(_signal(rule, device, Change.RAISE))
        elif not silent and device.id in active:
            signals.append(_signal(rule, device, Change.CLEAR))
    return signals


def _watched(session: Session, rule: Rule, path: str) -> Sequence[Device]:
    query = select(Device).join(OrgUnit, OrgUnit.id == Device.unit_id)
    query = query.where(Device.last_seen_at.is_not(None))
    if rule.device_id is not None:
        query = query.where(Device.id == rule.device_id)
    else:
        query = query.where(OrgUnit.path.startswith(path))
        if rule.device_kind:
            query = query.where(Device.kind == rule.device_kind)
    return session.scalars(query.order_by(Device.id)).unique().all()


def _closed_since(session: Session, rule: Rule, device: Device) -> bool:
    """Whether a person closed this very silence: it is raised again only after a new message."""
    query = select(Alert.id).where(
        Alert.rule_id == rule.id,
        Alert.device_id == device.id,
        Alert.state == "CLOSED",
        Alert.observed_at >= device.last_seen_at,
    )
    return session.scalar(query.limit(1)) is not None


def _signal(rule: Rule, device: Device, change: Change) -> AlertSignal:
    return AlertSignal(
        open_key=open_key("absence", device.id, rule.id),
        device_id=device.id,
        device_name=device.name,
        unit_id=device.unit_id,
        kind="absence",
        change=change,
        severity=Severity(rule.severity),
        rule_id=rule.id,
        rule_name=rule.name,
        # The silence began when the device was last heard.
        observed_at=device.last_seen_at or now(),
    )


def _codes(query: Select[str | None]) -> list[str]:
    return [code for code in read_session().scalars(query) if code is not None]


def unshelve_due(_app: Flask) -> int:
    """Bring back shelved alerts whose time is up."""
    due = select(Alert.code).where(Alert.state == "SHLVD", Alert.shelved_until <= now())
    return each_in_transaction(_codes(due), services.unshelve_due)


def close_settled(_app: Flask) -> int:
    """File acknowledged alerts that returned to normal half an hour ago and stayed there."""
    before = now() - CLOSE_RETURNED_AFTER
    settled = select(Alert.code).where(Alert.state == "NORM", Alert.returned_at <= before)
    return each_in_transaction(_codes(settled), services.close_returned)


def forget_old_rows(_app: Flask) -> None:
    """Delete what is older than its retention."""
    at = now()
    with transaction() as session:
        session.execute(delete(Observation).where(Observation.observed_at < at - KEEP_OBSERVATIONS))
        session.execute(delete(Detection).where(Detection.observed_at < at - KEEP_DETECTIONS))
        session.execute(delete(DeadLetter).where(DeadLetter.received_at < at - KEEP_DEAD_LETTERS))
        session.execute(
            delete(QuarantinedDevice).where(
                QuarantinedDevice.decided == "rejected",
                QuarantinedDevice.last_seen_at < at - KEEP_REJECTED,
            )
        )


TICKS: Final = (
    Tick("watch_silence", 10.0, watch_silence),
    Tick("unshelve_due", 15.0, unshelve_due),
    Tick("close_settled", 60.0, close_settled),
    Tick("forget_old_rows", 6 * 3600.0, forget_old_rows),
)
