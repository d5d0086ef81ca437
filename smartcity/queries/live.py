"""Latest values since a marker: what the live push sends, from committed rows only."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from smartcity.models import Device, Series

# A batch stamps its messages before it commits: what a slow commit brings late is sent again.
OVERLAP: Final = timedelta(seconds=2)
LIMIT: Final = 2000


def latest_since(
    session: Session, marker: datetime | None
) -> tuple[datetime | None, Sequence[tuple[int, Mapping[str, Any]]]]:
    """Return the new marker and (unit id, value) of every series that changed since the old one.

    Without a marker nothing is sent: a client has just been given the whole picture.
    """
    newest = session.scalar(select(func.max(Series.latest_received_at)))
    if marker is None or newest is None:
        return newest or marker, []
    if newest <= marker:
        return marker, []
    query = (
        select(Series, Device.code, Device.unit_id, Device.kind)
        .join(Device)
        .where(Series.latest_received_at > marker - OVERLAP)
        .order_by(Series.latest_received_at.desc())
        .limit(LIMIT)
    )
    rows = session.execute(query).tuples().all()
    return newest, [(unit_id, _payload(series, code, kind)) for series, code, unit_id, kind in rows]


def _payload(series: Series, device_code: str, kind: str) -> dict[str, Any]:
    observed_at = series.latest_observed_at
    return {
        "device": device_code,
        "kind": kind,
        "prop": series.prop,
        "value": series.latest_value,
        "unit": series.unit,
        "observed_at": observed_at.isoformat() if observed_at else None,
        "is_drill": series.is_drill,
    }
