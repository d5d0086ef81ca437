"""Open alerts as the operations view shows them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from hub.access.models import OrgUnit
from hub.journal import JournalEntry
from hub.orgunits.queries import path_ids
from smartcity.alerts.queries import OPEN_STATES
from smartcity.alerts.summaries import acknowledge_by
from smartcity.domain.alarm import AlarmState
from smartcity.domain.overview import bare_name, short_name
from smartcity.domain.severity import Severity, rank
from smartcity.models import Alert, Device
from smartcity.series.queries import SPARK_SECONDS, curves

OPEN_LIMIT: Final = 500
CURVES_FOR: Final = 40
TITLE_SEPARATOR: Final = " · "
ASKING: Final = frozenset({AlarmState.UNACK, AlarmState.RTNUN})


def open_alerts(session: Session, inside: ColumnElement[bool]) -> list[Alert]:
    """Return what is open and in sight, worst and unowned first, at most 500."""
    query = select(Alert).where(Alert.state.in_(OPEN_STATES), inside)
    newest = session.scalars(query.order_by(Alert.raised_at.desc()).limit(OPEN_LIMIT)).all()
    return sorted(newest, key=urgency)


def urgency(alert: Alert) -> tuple[int, bool, float]:
    """Sort key: severity, then those nobody has taken, then the newest."""
    taken = alert.state not in ASKING
    return -rank(Severity(alert.severity)), taken, -alert.raised_at.timestamp()


def shelved(session: Session, inside: ColumnElement[bool]) -> dict[str, Any]:
    """Return how many alerts are shelved and when the first comes back."""
    query = select(func.count(), func.min(Alert.shelved_until)).where(
        Alert.closed_at.is_(None), Alert.state == AlarmState.SHLVD.value, inside
    )
    count, until = session.execute(query).one()
    return {"count": count, "until": _iso(until)}


def alert_views(
    session: Session,
    alerts: Sequence[Alert],
    areas: Mapping[int, OrgUnit],
    *,
    with_curves: bool = True,
) -> list[dict[str, Any]]:
    """Describe alerts; the first forty carry the curve of their last day."""
    wanted = {(a.device_id, a.prop) for a in alerts[:CURVES_FOR] if a.threshold is not None}
    drawn = curves(session, wanted, SPARK_SECONDS) if with_curves else {}
    return [_view(alert, areas, drawn.get((alert.device_id, alert.prop))) for alert in alerts]


def _view(
    alert: Alert, areas: Mapping[int, OrgUnit], points: list[float | None] | None
) -> dict[str, Any]:
    return {
        **_identity(alert),
        **_place(alert.unit, alert.device, areas.get(alert.unit_id)),
        **_measure(alert),
        **_care(alert),
        "points": points,
    }


def _identity(alert: Alert) -> dict[str, Any]:
    return {
        "id": alert.id,
        "code": alert.code or "",
        "kind": alert.kind,
        "severity": alert.severity,
        "state": alert.state,
        "what": alert.title.split(TITLE_SEPARATOR)[0],
        "drill": alert.is_drill,
        "repeat_count": alert.repeat_count,
        "raised_at": _iso(alert.raised_at),
        "changed_at": _iso(alert.changed_at),
        "returned_at": _iso(alert.returned_at),
        "conference": alert.conference_code,
    }


def _place(unit: OrgUnit, device: Device, area: OrgUnit | None) -> dict[str, Any]:
    inside = area is not None and area.id != unit.id
    return {
        "unit_id": unit.id,
        "unit": short_name(unit.name),
        "area": short_name(area.name) if area is not None and inside else "",
        "area_id": area.id if area is not None else None,
        "place": bare_name(area.name if area is not None else unit.name),
        "device": device.name,
        "device_id": device.id,
        "device_kind": device.kind,
        "river": device.river,
    }


def _measure(alert: Alert) -> dict[str, Any]:
    return {
        "prop": alert.prop,
        "value": alert.value,
        "value_unit": alert.value_unit,
        "threshold": alert.threshold,
        "mark": alert.mark,
        "observed_at": _iso(alert.observed_at),
    }


def _care(alert: Alert) -> dict[str, Any]:
    # Nobody has taken it, and the clock that calls the next person is running.
    waits = alert.state == AlarmState.UNACK.value and alert.severity == Severity.CRITICAL.value
    return {
        "acknowledged_at": _iso(alert.acknowledged_at),
        "acknowledged_by": alert.acknowledged_by,
        "assignee_id": alert.assignee_id,
        "assignee": alert.assignee_name,
        "shelved_until": _iso(alert.shelved_until),
        "escalates_at": _iso(acknowledge_by(alert)) if waits else None,
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant is not None else None


def entry_views(session: Session, entries: Sequence[JournalEntry]) -> dict[int, dict[str, Any]]:
    """Return for alert entries of the journal, by seq, the alert as it stands now."""
    ids = {entry.seq: _alert_id(entry) for entry in entries}
    wanted = {found for found in ids.values() if found is not None}
    if not wanted:
        return {}
    rows = session.scalars(select(Alert).where(Alert.id.in_(wanted))).all()
    # The curve follows with the next snapshot: it must not hold up the alert itself.
    found = alert_views(session, rows, _areas_of(session, rows), with_curves=False)
    views = {view["id"]: view for view in found}
    return {seq: {"alert": views[alert]} for seq, alert in ids.items() if alert in views}


def _alert_id(entry: JournalEntry) -> int | None:
    found = entry.data.get("id") if entry.kind.startswith("alert.") else None
    return found if isinstance(found, int) else None


def _areas_of(session: Session, alerts: Sequence[Alert]) -> dict[int, OrgUnit]:
    """Return the first tier below the top for the units of some alerts."""
    area_of = {a.unit_id: (path_ids(a.unit.path)[1:2] or [a.unit_id])[0] for a in alerts}
    rows = session.scalars(select(OrgUnit).where(OrgUnit.id.in_(set(area_of.values()))))
    units = {unit.id: unit for unit in rows}
    return {unit: units[area] for unit, area in area_of.items()}
