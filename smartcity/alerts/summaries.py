"""The one shape in which an alert leaves the database: journal, API and live pages.

What a batch of messages changes is told without reading rows back, hence without names of places
and devices; ``unit_id`` is the alert's own unit, instants are ISO 8601 in UTC.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from smartcity.models import Alert

ACKNOWLEDGE_WITHIN: Final[dict[str, timedelta]] = {
    "critical": timedelta(minutes=2),
    "high": timedelta(minutes=5),
    "medium": timedelta(minutes=15),
    "low": timedelta(hours=2),
}

_PLAIN: Final = (
    "id",
    "code",
    "device_id",
    "unit_id",
    "kind",
    "severity",
    "state",
    "title",
    "prop",
    "value",
    "value_unit",
    "threshold",
    "mark",
    "repeat_count",
    "is_drill",
    "acknowledged_by",
    "conference_code",
)
_INSTANTS: Final = (
    "raised_at",
    "observed_at",
    "changed_at",
    "returned_at",
    "acknowledged_at",
    "shelved_until",
    "closed_at",
)


def acknowledge_by(alert: Alert) -> datetime:
    """Return when somebody should have acknowledged it, by its severity.

    Readings may come late: the time runs from when a person could know, not from the reading.
    """
    return (alert.asks_since or alert.raised_at) + ACKNOWLEDGE_WITHIN.get(
        alert.severity, timedelta(hours=2)
    )


def plain_summary(value_of: Callable[[str], Any]) -> dict[str, Any]:
    """Return the alert's own values as plain JSON, given each by its name."""
    summary: dict[str, Any] = {name: value_of(name) for name in _PLAIN}
    for name in _INSTANTS:
        at: datetime | None = value_of(name)
        summary[name] = at.isoformat() if at else None
    return summary


def alert_summary(alert: Alert) -> dict[str, Any]:
    """Return the alert as plain JSON, with the names of its place and device."""
    return {
        **plain_summary(lambda name: getattr(alert, name)),
        "unit_ids": [alert.unit_id],
        "unit_code": alert.unit.code,
        "unit_name": alert.unit.name,
        "device_code": alert.device.code,
        "device_name": alert.device.name,
        "assignee": alert.assignee_name,
        "acknowledge_by": acknowledge_by(alert).isoformat(),
    }
