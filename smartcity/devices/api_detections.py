"""Detections: what cameras say they saw; metadata and a link, never video."""

from typing import Annotated, Any, Final

from pydantic import Field
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.api import (
    ApiAnswer,
    Instant,
    Page,
    PageQuery,
    after_instant,
    instant_place,
    operation,
    page_of,
    scope_conditions,
)
from hub.db import read_session
from hub.errors import NotFound
from smartcity.devices.api import device_in_reach
from smartcity.models import Detection, Device

CAPABILITY: Final = "device.view"


class DetectionAnswer(ApiAnswer):
    """One detection; ``score`` lies between 0 and 1."""

    id: int
    external_id: str
    device: str
    label: str
    score: float | None
    zone: str
    snapshot_url: str
    observed_at: Instant
    received_at: Instant
    started_at: Instant | None
    ended_at: Instant | None
    attributes: dict[str, Any]
    is_drill: bool


class DetectionQuery(PageQuery):
    """Filters; ``unit`` takes in everything below it, half-open [from, to)."""

    unit: Annotated[str, Field(max_length=80)] = ""
    device: Annotated[str, Field(max_length=80)] = ""
    label: Annotated[str, Field(max_length=80)] = ""
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None


def _to_schema(row: Detection, device_code: str) -> DetectionAnswer:
    names = (name for name in DetectionAnswer.model_fields if name != "device")
    return DetectionAnswer.model_construct(
        device=device_code, **{name: getattr(row, name) for name in names}
    )


@operation(
    "GET",
    "/detections",
    tag="detections",
    summary="List detections",
    capability=CAPABILITY,
    response=Page[DetectionAnswer],
    query=DetectionQuery,
)
def list_detections(query: DetectionQuery) -> Page[DetectionAnswer]:
    """Detections of the caller's area, newest first."""
    session = read_session()
    wanted = _narrowed(session, query).where(
        *after_instant(Detection.observed_at, Detection.id, query.cursor, newest_first=True)
    )
    newest = (Detection.observed_at.desc(), Detection.id.desc())
    rows = session.execute(wanted.order_by(*newest).limit(query.limit + 1)).all()
    return page_of(
        rows,
        query.limit,
        lambda row: _to_schema(*row),
        lambda row: instant_place(row[0].observed_at, row[0].id),
    )


def _narrowed(session: Session, query: DetectionQuery) -> Select[Detection, str]:
    wanted = (
        select(Detection, Device.code)
        .join(Device, Device.id == Detection.device_id)
        .where(*scope_conditions(session, CAPABILITY, Device.unit_id, query.unit))
    )
    if query.device:
        device = device_in_reach(session, query.device, CAPABILITY)
        wanted = wanted.where(Detection.device_id == device.id)
    if query.label:
        wanted = wanted.where(Detection.label == query.label)
    if query.from_:
        wanted = wanted.where(Detection.observed_at >= query.from_)
    if query.to:
        wanted = wanted.where(Detection.observed_at < query.to)
    return wanted


@operation(
    "GET",
    "/detections/<id:detection_id>",
    tag="detections",
    summary="Read a detection",
    capability=CAPABILITY,
    response=DetectionAnswer,
)
def read_detection(detection_id: int) -> DetectionAnswer:
    """One detection by its id."""
    session = read_session()
    wanted = (
        select(Detection, Device.code)
        .join(Device, Device.id == Detection.device_id)
        .where(Detection.id == detection_id, *scope_conditions(session, CAPABILITY, Device.unit_id))
    )
    found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotFound("")
    return _to_schema(*found)
