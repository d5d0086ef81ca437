"""Observations: the stored readings of a device, newest first."""

from typing import Annotated, Final

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.api import (
    ApiAnswer,
    Code,
    Instant,
    Page,
    PageQuery,
    after_instant,
    instant_place,
    operation,
    page_of,
)
from hub.db import read_session, to_micros
from smartcity.devices.api import device_in_reach
from smartcity.models import Observation, Series

CAPABILITY: Final = "device.view"


class ObservationAnswer(ApiAnswer):
    """One reading: ``observed_at`` at the device, ``received_at`` at us.

    ``id`` is "series:microseconds since 1970": a reading is known by its series and instant.
    """

    id: str
    device: str
    prop: str
    value: float
    unit: str
    observed_at: Instant
    received_at: Instant
    is_drill: bool


class ObservationQuery(PageQuery):
    """``device`` by code or id; half-open [from, to)."""

    device: Code
    prop: Annotated[str, Field(max_length=60)] = ""
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None


@operation(
    "GET",
    "/observations",
    tag="observations",
    summary="List the readings of a device",
    capability=CAPABILITY,
    response=Page[ObservationAnswer],
    query=ObservationQuery,
)
def list_observations(query: ObservationQuery) -> Page[ObservationAnswer]:
    """Readings of one device over all its properties, newest first."""
    session = read_session()
    device = device_in_reach(session, query.device, CAPABILITY)
    series = {one.id: one for one in device.series if query.prop in ("", one.prop)}
    rows = _rows(session, list(series), query)

    def shown(row: Observation) -> ObservationAnswer:
        one: Series = series[row.series_id]
        return _to_schema(row, one, device.code)

    return page_of(
        rows, query.limit, shown, lambda row: instant_place(row.observed_at, row.series_id)
    )


def _rows(session: Session, series_ids: list[int], query: ObservationQuery) -> list[Observation]:
    wanted = select(Observation).where(Observation.series_id.in_(series_ids))
    if query.from_:
        wanted = wanted.where(Observation.observed_at >= query.from_)
    if query.to:
        wanted = wanted.where(Observation.observed_at < query.to)
    wanted = wanted.where(
        *after_instant(
            Observation.observed_at, Observation.series_id, query.cursor, newest_first=True
        )
    )
    newest = (Observation.observed_at.desc(), Observation.series_id.desc())
    return list(session.scalars(wanted.order_by(*newest).limit(query.limit + 1)))


def _to_schema(row: Observation, series: Series, device_code: str) -> ObservationAnswer:
    return ObservationAnswer.model_construct(
        id=f"{row.series_id}:{to_micros(row.observed_at)}",
        device=device_code,
        prop=series.prop,
        value=row.value,
        unit=series.unit,
        observed_at=row.observed_at,
        received_at=row.received_at,
        is_drill=row.is_drill,
    )
