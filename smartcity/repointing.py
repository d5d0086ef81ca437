"""Devices, alerts and rules follow their unit through a reform.

Devices go on speaking under the unit code they were set up with; ingest accepts both.
"""

from sqlalchemy import inspect, select, update
from sqlalchemy.orm import Session

from hub.access.models import OrgUnit
from hub.clock import now
from hub.orgunits.repoint import UnitMapping
from hub.orgunits.succession import heirs_of
from smartcity.alerts.lifecycle import open_key
from smartcity.models import Alert, Device, Rule

NAME_LENGTH = 160


def repoint_smartcity(session: Session, mapping: UnitMapping) -> None:
    """Put devices and alerts at the new units; let each rule cover what it covered before."""
    at = now()
    used = set(session.scalars(select(Device.unit_id).distinct()))
    for old in sorted(used & mapping.keys()):
        moved = update(Device).where(Device.unit_id == old)
        # Ingest reads its devices anew when one of them was changed.
        session.execute(moved.values(unit_id=mapping[old].id, updated_at=at))
    used = set(session.scalars(select(Alert.unit_id).distinct()))
    for old in sorted(used & mapping.keys()):
        session.execute(update(Alert).where(Alert.unit_id == old).values(unit_id=mapping[old].id))
    for rule in session.scalars(select(Rule).where(Rule.unit_id.in_(mapping))).all():
        _repoint_rule(session, rule, mapping)
    session.flush()


def _repoint_rule(session: Session, rule: Rule, mapping: UnitMapping) -> None:
    """A rule of an abolished district becomes one rule at each commune that took it over."""
    heirs = heirs_of(session, rule.unit_id)
    first = mapping[rule.unit_id]
    rule.unit_id, rule.updated_at = first.id, now()
    if rule.device_id is not None:
        return
    for heir in heirs:
        if heir.id != first.id:
            _hand_over(session, rule, _copy(session, rule, heir), heir)


def _copy(session: Session, rule: Rule, heir: OrgUnit) -> Rule:
    own = {"id", "code", "name", "unit_id"}
    names = [column.key for column in inspect(Rule).column_attrs if column.key not in own]
    values = {name: getattr(rule, name) for name in names}
    code = f"{rule.code[:40]}-{heir.code}"
    name = f"{rule.name} · {heir.name}"[:NAME_LENGTH]
    copied = Rule(code=code, name=name, unit_id=heir.id, **values)
    session.add(copied)
    session.flush()
    return copied


def _hand_over(session: Session, rule: Rule, copied: Rule, heir: OrgUnit) -> None:
    """Open alerts stay open: those of devices now at the heir go on under the copy."""
    below = select(Device.id).join(OrgUnit, OrgUnit.id == Device.unit_id)
    inside = below.where(OrgUnit.path.startswith(heir.path))
    alerts = select(Alert).where(Alert.rule_id == rule.id, Alert.device_id.in_(inside))
    for alert in session.scalars(alerts):
        alert.rule_id = copied.id
        if alert.open_key == open_key(alert.kind, alert.device_id, rule.id):
            alert.open_key = open_key(alert.kind, alert.device_id, copied.id)
