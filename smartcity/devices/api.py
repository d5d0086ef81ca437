"""Devices: sensors and cameras with what they said last."""

from typing import Annotated, Final, Literal

from pydantic import Field
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from hub.access.actor import current_actor
from hub.api import (
    ApiAnswer,
    Instant,
    Page,
    PageQuery,
    after_id,
    answer_of,
    body_of,
    by_code_or_id,
    change_of,
    operation,
    page_of,
    require_visible,
    scope_conditions,
    seen_by_caller,
    sent_values,
)
from hub.clock import now
from hub.db import read_session
from hub.text import fold
from smartcity.devices.drafts import DeviceDraft
from smartcity.devices.queries import device_status, status_expression
from smartcity.devices.services import (
    activate_device,
    device_values,
    edit_device,
    register_device,
)
from smartcity.models import Device, Series
from smartcity.models.device import DeviceKind

CAPABILITY: Final = "device.view"
MANAGE: Final = "device.manage"
Status = Literal["online", "silent", "offline", "unknown", "retired"]


class LatestValue(ApiAnswer):
    """The newest accepted value of one property."""

    prop: str
    value: float
    unit: str
    observed_at: Instant
    received_at: Instant | None
    is_drill: bool


class DeviceAnswer(answer_of(DeviceDraft)):  # type: ignore[misc]
    """A device; ``status`` as people should see it, marks in metres."""

    site: str | None
    status: Status
    last_seen_at: Instant | None
    marks: dict[str, float | None] | None
    latest: list[LatestValue]


class DeviceQuery(PageQuery):
    """Filters; ``unit`` takes in everything below it."""

    unit: Annotated[str, Field(max_length=80)] = ""
    kind: DeviceKind | None = None
    status: Status | None = None
    q: Annotated[str, Field(max_length=100)] = ""


class DeviceBody(body_of(DeviceDraft)):  # type: ignore[misc]
    """A device to register; its code is the third level of its topic and never changes."""


class DeviceChange(change_of(DeviceDraft, "code")):  # type: ignore[misc]
    """What to change; members left out stay as they are, null empties a place."""


def _to_schema(device: Device) -> DeviceAnswer:
    marks = device.marks
    values = {**device_values(device), "unit": device.unit.code, "site": device.site_code or None}
    return DeviceAnswer(
        id=device.id,
        version=device.version,
        **values,
        status=device_status(device, now()),
        last_seen_at=device.last_seen_at,
        marks={"bd1": marks.bd1, "bd2": marks.bd2, "bd3": marks.bd3} if marks else None,
        latest=[_latest(one) for one in device.series if one.latest_observed_at is not None],
    )


def _latest(series: Series) -> LatestValue:
    return LatestValue.model_construct(
        prop=series.prop,
        value=series.latest_value,
        unit=series.unit,
        observed_at=series.latest_observed_at,
        received_at=series.latest_received_at,
        is_drill=series.is_drill,
    )


_WITH_VALUES: Final = (selectinload(Device.series), joinedload(Device.marks))


@operation(
    "GET",
    "/devices",
    tag="devices",
    summary="List devices",
    capability=CAPABILITY,
    response=Page[DeviceAnswer],
    query=DeviceQuery,
)
def list_devices(query: DeviceQuery) -> Page[DeviceAnswer]:
    """Devices of the caller's area with the latest value of each series."""
    session = read_session()
    wanted = select(Device).where(
        *scope_conditions(session, CAPABILITY, Device.unit_id, query.unit),
        *after_id(Device.id, query.cursor),
    )
    if query.kind:
        wanted = wanted.where(Device.kind == query.kind)
    if query.status:
        wanted = wanted.where(status_expression(session, now()) == query.status)
    if words := fold(query.q):
        named = Device.name_fold.contains(words, autoescape=True)
        coded = func.lower(Device.code).contains(words, autoescape=True)
        wanted = wanted.where(or_(named, coded))
    wanted = wanted.options(*_WITH_VALUES).order_by(Device.id).limit(query.limit + 1)
    rows = session.scalars(wanted).unique().all()
    return page_of(rows, query.limit, _to_schema, lambda device: [device.id])


@operation(
    "GET",
    "/devices/<code:code>",
    tag="devices",
    summary="Read a device",
    capability=CAPABILITY,
    response=DeviceAnswer,
)
def read_device(code: str) -> DeviceAnswer:
    """One device by its code or id."""
    return _to_schema(device_in_reach(read_session(), code, CAPABILITY))


def device_in_reach(session: Session, ref: str, capability: str) -> Device:
    """Return a device by code or id. Raises NotFound."""
    query = select(Device).options(*_WITH_VALUES)
    device = by_code_or_id(session, query, Device.code, Device.id, ref)
    require_visible(device.unit, capability)
    return device


@operation(
    "POST",
    "/devices",
    tag="devices",
    summary="Register a device",
    capability=MANAGE,
    response=DeviceAnswer,
    status=201,
    body=DeviceBody,
)
def create_device(session: Session, body: DeviceBody) -> DeviceAnswer:
    """From its registration on, what it sends is stored; before, it is quarantined."""
    device = register_device(session, current_actor(), sent_values(body))
    return _to_schema(device_in_reach(session, device.code, MANAGE))


@operation(
    "PATCH",
    "/devices/<code:code>",
    tag="devices",
    summary="Change a device",
    capability=MANAGE,
    response=DeviceAnswer,
    body=DeviceChange,
)
def change_device(session: Session, code: str, body: DeviceChange) -> DeviceAnswer:
    """Change everything but the code."""
    actor = current_actor()
    device = device_in_reach(session, code, CAPABILITY)
    sent = sent_values(body, "lat", "lon")
    device = edit_device(session, actor, device.code, sent, seen_by_caller())
    if body.is_active is not None and body.is_active != device.is_active:
        device = activate_device(session, actor, device.code, body.is_active)
    return _to_schema(device)
