"""Registering and keeping devices; identity is the topic, so the code never changes."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.audit import record_audit
from hub.clock import now
from hub.errors import Conflict, FieldError, Invalid, NotFound
from hub.journal import record
from hub.text import clean, fold
from smartcity.domain.topics import TopicError, TopicKind, topic_for
from smartcity.models import AlarmMarks, Device
from smartcity.models.device import DEVICE_KINDS

CAPABILITY: Final = "device.manage"
SHORTEST_INTERVAL_S: Final = 1
LONGEST_INTERVAL_S: Final = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class DeviceDraft:
    """What a person enters about a device; degrees and seconds."""

    code: str
    name: str
    kind: str
    unit_id: int
    site_code: str = ""
    river: str = ""
    location_text: str = ""
    owner: str = ""
    lat: float | None = None
    lon: float | None = None
    expected_interval_s: int = 600
    is_active: bool = True


def register_device(session: Session, actor: Actor, draft: DeviceDraft) -> Device:
    """Create a device.

    Raises:
        Invalid: see the field errors.
        Conflict: the code is taken.
    """
    unit = _unit(session, actor, draft)
    _check(draft, unit)
    if session.scalar(select(Device.id).where(Device.code == draft.code)) is not None:
        raise Conflict(_("Mã thiết bị %(code)s đã có.", code=draft.code), {"field": "code"})
    at = now()
    device = Device(code=draft.code, created_at=at, updated_at=at, status="unknown")
    _fill(device, draft, at)
    session.add(device)
    session.flush()
    _recorded(session, actor, device, "registered")
    return device


def edit_device(session: Session, actor: Actor, code: str, draft: DeviceDraft) -> Device:
    """Change everything but the code and whether it is in service.

    Raises:
        NotFound: no such device.
        Invalid: see the field errors.
    """
    device = _permitted(session, actor, code)
    unit = _unit(session, actor, draft)
    _check(draft, unit)
    _fill(device, replace(draft, is_active=device.is_active), now())
    session.flush()
    session.refresh(device, ["unit"])
    _recorded(session, actor, device, "edited")
    return device


def activate_device(session: Session, actor: Actor, code: str, is_active: bool) -> Device:
    """Take a device into service, or retire it: its messages then go to quarantine."""
    device = _permitted(session, actor, code)
    device.is_active = is_active
    device.updated_at = now()
    _recorded(session, actor, device, "activated" if is_active else "retired")
    return device


def set_marks(
    session: Session,
    actor: Actor,
    code: str,
    marks: tuple[float | None, float | None, float | None],
    basis: str,
) -> Device:
    """Set the alarm marks BĐ1 to BĐ3 in metres; None stays "not known".

    Raises:
        Invalid: the marks do not rise, or nobody says where they come from.
    """
    device = _permitted(session, actor, code)
    errors = _mark_errors(device, marks, basis)
    if errors:
        raise Invalid(errors)
    row = device.marks or AlarmMarks(device_id=device.id)
    row.bd1, row.bd2, row.bd3 = marks
    row.basis = clean(basis)[:300]
    device.marks = row
    # Ingest notices changed devices by this stamp and loads the new marks.
    device.updated_at = now()
    session.flush()
    _recorded(session, actor, device, "marked")
    return device


def _mark_errors(
    device: Device, marks: tuple[float | None, float | None, float | None], basis: str
) -> list[FieldError]:
    errors = []
    if device.kind != "river_gauge":
        errors.append(FieldError("bd1", _("Chỉ trạm thủy văn có mức báo động.")))
    known = [metres for metres in marks if metres is not None]
    if known != sorted(set(known)):
        errors.append(FieldError("bd3", _("Mức báo động phải tăng dần: BĐ1 < BĐ2 < BĐ3.")))
    if known and not clean(basis):
        errors.append(FieldError("basis", _("Ghi căn cứ của mức báo động, ví dụ số quyết định.")))
    return errors


def _permitted(session: Session, actor: Actor, code: str) -> Device:
    device = session.scalars(select(Device).where(Device.code == code)).one_or_none()
    if device is None:
        raise NotFound("")
    actor.require(CAPABILITY, device.unit)
    return device


def _unit(session: Session, actor: Actor, draft: DeviceDraft) -> OrgUnit:
    unit = session.get(OrgUnit, draft.unit_id)
    if unit is None or not actor.can_at(CAPABILITY, unit):
        raise Invalid([FieldError("unit", _("Chọn một đơn vị trong khu vực của bạn."))])
    return unit


def _check(draft: DeviceDraft, unit: OrgUnit) -> None:
    errors = []
    if not clean(draft.name):
        errors.append(FieldError("name", _("Nhập tên thiết bị.")))
    if draft.kind not in DEVICE_KINDS:
        errors.append(FieldError("kind", _("Chọn loại thiết bị.")))
    try:
        topic_for(unit.code, draft.code, TopicKind.TELEMETRY)
    except TopicError:
        sentence = _("Mã chỉ gồm chữ không dấu, số, dấu chấm, gạch và hai chấm, dài tối đa 64.")
        errors.append(FieldError("code", sentence))
    if not SHORTEST_INTERVAL_S <= draft.expected_interval_s <= LONGEST_INTERVAL_S:
        errors.append(FieldError("expected_interval_s", _("Chu kỳ gửi từ 1 giây đến 7 ngày.")))
    if not _is_degree(draft.lat, 90):
        errors.append(FieldError("lat", _("Vĩ độ từ −90 đến 90.")))
    if not _is_degree(draft.lon, 180):
        errors.append(FieldError("lon", _("Kinh độ từ −180 đến 180.")))
    if errors:
        raise Invalid(errors)


def _is_degree(value: float | None, limit: float) -> bool:
    return value is None or -limit <= value <= limit


def _fill(device: Device, draft: DeviceDraft, at: datetime) -> None:
    device.name = clean(draft.name)[:160]
    device.name_fold = fold(device.name)
    device.kind = draft.kind
    device.unit_id = draft.unit_id
    device.site_code = clean(draft.site_code)[:40]
    device.river = clean(draft.river)[:60]
    device.location_text = clean(draft.location_text)[:200]
    device.owner = clean(draft.owner)[:120]
    device.lat, device.lon = draft.lat, draft.lon
    device.expected_interval_s = draft.expected_interval_s
    device.is_active = draft.is_active
    device.updated_at = at


def _recorded(session: Session, actor: Actor, device: Device, verb: str) -> None:
    record_audit(
        session,
        f"smartcity:device:{verb}",
        device.code,
        unit_id=device.unit_id,
        detail={"name": device.name, "kind": device.kind, "is_active": device.is_active},
        actor=actor,
    )
    data = {
        "id": device.id,
        "code": device.code,
        "name": device.name,
        "kind": device.kind,
        "site_code": device.site_code,
        "status": device.status,
        "is_active": device.is_active,
        "change": verb,
        "at": device.updated_at.isoformat(),
    }
    record(session, "device.changed", unit_ids=[device.unit_id], data=data)
