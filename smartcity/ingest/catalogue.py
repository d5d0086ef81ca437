"""Reads devices, rules and open alerts into the registry's own records."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from hub.access.models import OrgUnit
from hub.orgunits.succession import former_codes
from smartcity.alerts.lifecycle import open_key
from smartcity.domain.rules import (
    BadLevels,
    DetectionRule,
    Direction,
    Level,
    ThresholdRule,
    restored,
)
from smartcity.domain.severity import Severity
from smartcity.ingest.registry import (
    BoundDetectionRule,
    BoundRule,
    KnownDevice,
    KnownSeries,
    LevelSource,
    Registry,
)
from smartcity.models import Alert, Device, Rule

logger = logging.getLogger(__name__)

RIVER_LEVEL: Final = "water_level"
Fingerprint = tuple[int, datetime | None, int, datetime | None]


def fingerprint(session: Session) -> Fingerprint:
    """Changes whenever a device or a rule was added, changed or removed."""
    devices = session.execute(select(func.count(Device.id), func.max(Device.updated_at))).one()
    rules = session.execute(select(func.count(Rule.id), func.max(Rule.updated_at))).one()
    return (devices[0], devices[1], rules[0], rules[1])


def load_devices(session: Session) -> list[KnownDevice]:
    """Every device with its series and the rules that watch it."""
    paths = {row.id: row.path for row in session.execute(select(OrgUnit.id, OrgUnit.path))}
    scoped = [
        ScopedRule(rule, paths.get(rule.unit_id, "/"))
        for rule in session.scalars(select(Rule).where(Rule.is_active).order_by(Rule.id))
    ]
    # A broader rule comes first, so that a narrower one for the same mark replaces it.
    scoped.sort(key=lambda item: len(item.path))
    query = (
        select(Device)
        .options(joinedload(Device.unit), joinedload(Device.marks), selectinload(Device.series))
        .execution_options(populate_existing=True)
    )
    formerly = former_codes(session)
    known = [_known(device, scoped) for device in session.scalars(query).unique()]
    for device in known:
        device.former_unit_codes = formerly.get(device.unit_id, frozenset())
    return known


@dataclass(frozen=True, slots=True)
class ScopedRule:
    """A rule row with the path of the unit whose subtree it covers."""

    row: Rule
    path: str

    def covers(self, device: Device) -> bool:
        """Does the rule speak of this device?"""
        if self.row.device_id is not None:
            return self.row.device_id == device.id
        kind = self.row.device_kind
        return device.unit.path.startswith(self.path) and kind in ("", device.kind)


def _known(device: Device, scoped: Sequence[ScopedRule]) -> KnownDevice:
    rules = [item.row for item in scoped if item.covers(device)]
    known = KnownDevice(
        device_id=device.id,
        code=device.code,
        name=device.name,
        kind=device.kind,
        unit_id=device.unit_id,
        unit_code=device.unit.code,
        is_active=device.is_active,
        status=device.status,
        last_seen_at=device.last_seen_at,
        site_code=device.site_code,
        threshold_rules=_threshold_rules(device, rules),
        detection_rules=_detection_rules(device, rules),
    )
    for row in device.series:
        known.series[row.prop] = KnownSeries(
            row.id, row.prop, row.unit, row.latest_observed_at, known.rules_for(row.prop)
        )
    return known


def _threshold_rules(device: Device, rules: Sequence[Rule]) -> tuple[BoundRule, ...]:
    bound = [_threshold(device, rule) for rule in rules if rule.kind == "threshold"]
    marked: dict[str, dict[int, Rule]] = defaultdict(dict)
    for rule in rules:
        if rule.kind == "alarm_mark" and rule.mark is not None:
            marked[rule.prop or RIVER_LEVEL][rule.mark] = rule
    bound.extend(_marks(device, prop, by_mark) for prop, by_mark in marked.items())
    return tuple(item for item in bound if item is not None)


def _threshold(device: Device, rule: Rule) -> BoundRule | None:
    if rule.raise_at is None:
        return None
    direction = Direction(rule.direction)
    slack = -rule.hysteresis if direction is Direction.ABOVE else rule.hysteresis
    clear_at = rule.raise_at + slack if rule.clear_at is None else rule.clear_at
    level = Level(rule.raise_at, clear_at, Severity(rule.severity))
    source = LevelSource(rule.id, rule.name, None)
    return _bound(device, "threshold", rule, rule.prop, [level], [source], rule.hold_s)


def _marks(device: Device, prop: str, by_mark: dict[int, Rule]) -> BoundRule | None:
    """One rule for all marks of a station: the flood is one alert that grows, not three."""
    if device.marks is None:
        return None
    metres = {1: device.marks.bd1, 2: device.marks.bd2, 3: device.marks.bd3}
    levels, sources = [], []
    for mark, rule in sorted(by_mark.items()):
        level_m = metres.get(mark)
        if level_m is not None:
            levels.append(Level(level_m, level_m - rule.hysteresis, Severity(rule.severity)))
            sources.append(LevelSource(rule.id, rule.name, mark))
    if not levels:
        return None
    hold_s = max(rule.hold_s for rule in by_mark.values())
    first = next(iter(by_mark.values()))
    return _bound(device, "alarm_mark", first, prop, levels, sources, hold_s)


def _bound(
    device: Device,
    kind: str,
    rule: Rule,
    prop: str,
    levels: list[Level],
    sources: list[LevelSource],
    hold_s: int,
) -> BoundRule | None:
    direction = Direction.ABOVE if kind == "alarm_mark" else Direction(rule.direction)
    try:
        threshold = ThresholdRule(
            rule.id, prop, direction, tuple(levels), timedelta(seconds=hold_s)
        )
    except BadLevels as error:
        logger.error("rule %s is not usable: %s", rule.code, error)
        return None
    return BoundRule(open_key(kind, device.id, rule.id), kind, threshold, tuple(sources))


def _detection_rules(device: Device, rules: Sequence[Rule]) -> tuple[BoundDetectionRule, ...]:
    return tuple(
        BoundDetectionRule(
            open_key(rule.kind, device.id, rule.id),
            DetectionRule(rule.id, rule.label, rule.min_score or 0.0, Severity(rule.severity)),
            rule.name,
        )
        for rule in rules
        if rule.kind == "detection"
    )


def restore_states(session: Session, registry: Registry) -> None:
    """Bring rule states in line with the alerts: at the start, and after others touched them."""
    rows = session.execute(
        select(Alert.open_key, Alert.severity, Alert.returned_at, Alert.observed_at).where(
            Alert.open_key.is_not(None)
        )
    ).all()
    open_alerts = {row.open_key: row for row in rows}
    for device in registry.devices.values():
        for bound in device.threshold_rules:
            row = open_alerts.get(bound.open_key)
            if row is None:
                continue
            if row.returned_at is None:
                _activate(registry, device, bound, Severity(row.severity))
            elif registry.state_of(bound.open_key).latest_at in (None, row.observed_at):
                registry.settle(bound.open_key)


def restore_statuses(session: Session, registry: Registry) -> None:
    """Learn which devices the absence rules have declared offline."""
    query = select(Device.code).where(Device.status == "offline")
    for code in session.scalars(query):
        device = registry.devices.get(code)
        if device is not None:
            device.status = "offline"


def _activate(
    registry: Registry, device: KnownDevice, bound: BoundRule, severity: Severity
) -> None:
    if registry.state_of(bound.open_key).active:
        return
    series = device.series.get(bound.rule.prop)
    latest_at = series.latest_at if series is not None else None
    registry.states[bound.open_key] = restored(bound.rule, severity, latest_at)


def restore_closed(session: Session, registry: Registry) -> None:
    """At the start: an alert an operator closed while its condition lasted stays closed.

    Without this every restart would raise it anew as long as the water stays high.
    """
    rows = session.execute(
        select(Alert.rule_id, Alert.device_id, Alert.kind, Alert.severity)
        .where(Alert.open_key.is_(None), Alert.returned_at.is_(None))
        .order_by(Alert.id)
    ).all()
    closed = {open_key(row.kind, row.device_id, row.rule_id): row.severity for row in rows}
    for device in registry.devices.values():
        for bound in device.threshold_rules:
            if bound.open_key in closed:
                _activate(registry, device, bound, Severity(closed[bound.open_key]))
