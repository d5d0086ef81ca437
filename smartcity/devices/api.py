"""Devices: sensors and cameras with what they said last."""

from dataclasses import replace
from typing import Annotated, Any, Final, Literal

from pydantic import Field
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from hub.access.actor import current_actor
from hub.api import (
    ApiAnswer,
    ApiModel,
    Code,
    Instant,
    Page,
    PageQuery,
    Words,
    after_id,
    by_code_or_id,
    operation,
    page_of,
    require_visible,
    scope_conditions,
    unit_named,
)
from hub.clock import now
from hub.db import read_session
from hub.text import fold
from smartcity.devices.queries import device_status, status_expression
from smartcity.devices.services import DeviceDraft, activate_device, edit_device, register_device
from smartcity.models import Device, Series

CAPABILITY: Final = "device.view"
MANAGE: Final = "device.manage"
Kind = Literal[
    "river_gauge", "rain_gauge", "camera", "site_power", "site_line", "air_quality", "other"
]
Status = Literal["online", "silent", "offline", "unknown", "retired"]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Seconds = Annotated[int, Field(ge=1, le=7 * 24 * 3600)]


class LatestValue(ApiAnswer):
    """The newest accepted value of one property."""

    prop: str
    value: float
    unit: str
    observed_at: Instant
    received_at: Instant | None
    is_drill: bool


class DeviceAnswer(ApiAnswer):
    """A device; ``status`` as people should see it, marks in metres."""

    id: int
    code: str
    name: str
    kind: str
    unit: str
    site: str | None
    river: str
    location: str
    owner: str
    lat: float | None
    lon: float | None
    expected_interval_s: int
    is_active: bool
    status: Status
    last_seen_at: Instant | None
    marks: dict[str, float | None] | None
    latest: list[LatestValue]


class DeviceQuery(PageQuery):
    """Filters; ``unit`` takes in everything below it."""

    unit: Annotated[str, Field(max_length=80)] = ""
    kind: Kind | None = None
    status: Status | None = None
    q: Annotated[str, Field(max_length=100)] = ""


class DeviceBody(ApiModel):
    """A device to register; its code is the third level of its topic and never changes."""

    code: Code
    name: Words
    kind: Kind
    unit: Code
    site: Annotated[str, Field(max_length=40)] = ""
    river: Annotated[str, Field(max_length=60)] = ""
    location: Annotated[str, Field(max_length=200)] = ""
    owner: Annotated[str, Field(max_length=120)] = ""
    lat: Latitude | None = None
    lon: Longitude | None = None
    expected_interval_s: Seconds = 600
    is_active: bool = True


class DeviceChange(ApiModel):
    """What to change; members left out stay as they are."""

    name: Words | None = None
    kind: Kind | None = None
    unit: Code | None = None
    site: Annotated[str, Field(max_length=40)] | None = None
    river: Annotated[str, Field(max_length=60)] | None = None
    location: Annotated[str, Field(max_length=200)] | None = None
    owner: Annotated[str, Field(max_length=120)] | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    expected_interval_s: Seconds | None = None
    is_active: bool | None = None


_COLUMNS: Final = {"site": "site_code", "location": "location_text"}
_MAY_BE_NULL: Final = frozenset({"lat", "lon"})


def _values(body: DeviceBody | DeviceChange) -> dict[str, Any]:
    """Return what was sent by the names of the draft; null means "leave it" save for places."""
    sent = {name: getattr(body, name) for name in body.model_fields_set if name != "unit"}
    return {
        _COLUMNS.get(name, name): value
        for name, value in sent.items()
        if value is not None or name in _MAY_BE_NULL
    }


def _to_schema(device: Device) -> DeviceAnswer:
    marks = device.marks
    return DeviceAnswer(
        id=device.id,
        code=device.code,
        name=device.name,
        kind=device.kind,
        unit=device.unit.code,
        site=device.site_code or None,
        river=device.river,
        location=device.location_text,
        owner=device.owner,
        lat=device.lat,
        lon=device.lon,
        expected_interval_s=device.expected_interval_s,
        is_active=device.is_active,
        status=device_status(device, now()),  # type: ignore[arg-type]
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
    actor = current_actor()
    unit = unit_named(session, actor, body.unit)
    draft = DeviceDraft(code=body.code, name=body.name, kind=body.kind, unit_id=unit.id)
    device = register_device(session, actor, replace(draft, **_values(body)))
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
    draft = replace(_draft(device), **_values(body))
    if body.unit is not None:
        draft = replace(draft, unit_id=unit_named(session, actor, body.unit).id)
    device = edit_device(session, actor, device.code, draft)
    if draft.is_active != device.is_active:
        device = activate_device(session, actor, device.code, draft.is_active)
    return _to_schema(device)


def _draft(device: Device) -> DeviceDraft:
    names = DeviceDraft.__dataclass_fields__
    return DeviceDraft(**{name: getattr(device, name) for name in names})
