"""What alert pages draw: small lines for cards, the chart, the area and the steps of one alert."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.clock import now
from smartcity.alerts.area import area_of
from smartcity.alerts.summaries import acknowledge_by
from smartcity.devices.stations import mark_lines, stations_of
from smartcity.domain.severity import Severity
from smartcity.models import Alert, Series
from smartcity.series.charts import Threshold, chart, chart_words, table_rows
from smartcity.series.history import evenly, histories, history

SPARK_STEPS: Final = 24
DAY: Final = timedelta(hours=24)


def sparklines(session: Session, alerts: Sequence[Alert]) -> dict[int, list[float | None]]:
    """Return the last 24 hours of each alert's value as 24 numbers, by alert id."""
    pairs = {(alert.device_id, alert.prop) for alert in alerts if alert.prop}
    rows = session.scalars(
        select(Series).where(Series.device_id.in_({device_id for device_id, _prop in pairs}))
    )
    by_pair = {(row.device_id, row.prop): row.id for row in rows}
    end = now()
    ids = [by_pair[pair] for pair in pairs if pair in by_pair]
    found = histories(session, ids, end - DAY, end, SPARK_STEPS)
    return {
        alert.id: evenly(found.get(series_id, []), end - DAY, end, SPARK_STEPS)
        for alert in alerts
        if (series_id := by_pair.get((alert.device_id, alert.prop))) is not None
    }


def detail_context(session: Session, alert: Alert) -> dict[str, Any]:
    """Return chart, station, area and deadlines of one alert's page."""
    start, end = chart_range(alert)
    series = _series(session, alert)
    points = history(session, series.id, start, end) if series else []
    picture = chart(points, start, end, thresholds_of(alert), _moments(alert))
    is_river = alert.device.kind == "river_gauge"
    station = stations_of(session, [alert.device], now())[0] if is_river else None
    return {
        "series": series,
        "chart": picture,
        "chart_rows": table_rows(points),
        "station": station,
        "area": area_of(session, alert),
        "due_at": acknowledge_by(alert),
        "chart_words": chart_words(picture, points, alert.value_unit),
    }


def chart_range(alert: Alert) -> tuple[datetime, datetime]:
    """Return the 24 hours that show the alert best: ending now, or just after it ended."""
    end = alert.closed_at or alert.returned_at
    latest = min(now(), end + DAY / 4) if end else now()
    return latest - DAY, latest


def _series(session: Session, alert: Alert) -> Series | None:
    query = select(Series).where(Series.device_id == alert.device_id, Series.prop == alert.prop)
    return session.scalars(query).one_or_none() if alert.prop else None


def thresholds_of(alert: Alert) -> list[Threshold]:
    """Return the lines to draw: a station's marks, else the alert's own threshold."""
    if alert.kind == "alarm_mark":
        return mark_lines(alert.device)
    if alert.threshold is None:
        return []
    tone = alert.severity if alert.severity in set(Severity) else "critical"
    return [Threshold(alert.threshold, _("ngưỡng"), tone)]


def _moments(alert: Alert) -> list[tuple[datetime, str]]:
    moments = [(alert.raised_at, _("phát"))]
    if alert.acknowledged_at is not None:
        moments.append((alert.acknowledged_at, _("tiếp nhận")))
    if alert.returned_at is not None:
        moments.append((alert.returned_at, _("hết")))
    return moments
