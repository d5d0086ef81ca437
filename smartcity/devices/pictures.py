"""What a device's page draws: the past of one of its series."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from smartcity import arguments as requests
from smartcity.devices import queries
from smartcity.devices.queries import rules_for_device
from smartcity.devices.stations import mark_lines
from smartcity.models import Device, Series
from smartcity.series.charts import Threshold, chart, chart_words, table_rows
from smartcity.series.history import RANGES, history


def chosen_series(device: Device) -> Series | None:
    """Return the series asked for by ``prop=…``, else the first, else None."""
    prop = requests.text_arg("prop", 60)
    named = [row for row in device.series if row.prop == prop]
    return next(iter(named or device.series), None)


def past(
    session: Session, device: Device, series: Series | None, span: str, at: datetime
) -> dict[str, Any]:
    """Return the chart of a series over a range that ends now, with its table and its gaps."""
    if series is None:
        return {"chart": None, "gaps": []}
    start = at - RANGES[span]
    points = history(session, series.id, start, at)
    lines = (
        mark_lines(device) if device.kind == "river_gauge" else _rule_lines(session, device, series)
    )
    picture = chart(points, start, at, lines)
    longest = timedelta(seconds=device.expected_interval_s * queries.SILENT_AFTER_INTERVALS)
    return {
        "chart": picture,
        "chart_rows": table_rows(points),
        "chart_words": chart_words(picture, points, series.unit),
        "gaps": queries.gaps(session, series.id, start, longest),
    }


def _rule_lines(session: Session, device: Device, series: Series) -> list[Threshold]:
    return [
        Threshold(rule.raise_at, rule.name, rule.severity)
        for rule in rules_for_device(session, device)
        if rule.kind == "threshold" and rule.prop == series.prop and rule.raise_at is not None
    ]
