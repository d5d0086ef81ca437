"""Registering and keeping devices; identity is the topic, so the code never changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.audit import record_audit
from hub.clock import now
from hub.contracts.sites import KNOWN_SITES
from hub.errors import Conflict, FieldError, Invalid, NotFound, Refusals
from hub.journal import record
from hub.orgunits.queries import unit_for, unit_ref
from hub.text import clean, fold
from hub.versions import Seen, claim
from smartcity.devices.drafts import DeviceDraft
from smartcity.domain.topics import TopicError, TopicKind, topic_for
from smartcity.models import AlarmMarks, Device

CAPABILITY: Final = "device.manage"


def register_device(session: Session, actor: Actor, values: Mapping[str, Any]) -> Device:
    """Create the device that these values of its draft describe.

    Raises:
        Invalid: see the field errors.
        Conflict: the code is taken.
    """
    draft, unit = _read(session, actor, values)
    if session.scalar(select(Device.id).where(Device.code == draft.code)) is not None:
        raise Conflict(_("Mã thiết bị %(code)s đã có.", code=draft.code), {"field": "code"})
    at = now()
    device = Device(code=draft.code, created_at=at, updated_at=at, status="unknown")
    _fill(device, draft, unit, at)
    session.add(device)
    session.flush()
    _recorded(session, actor, device, "registered")
    return device


def edit_device(
    session: Session, actor: Actor, code: str, values: Mapping[str, Any], seen: Seen = None
) -> Device:
    """Change what is given of a device, but not its code and whether it is in service.

    Raises:
        NotFound: no such device.
        Invalid: see the field errors.
        Stale: it was changed since.
    """
    device = _permitted(session, actor, code, seen)
    kept = {"code": device.code, "is_active": device.is_active}
    draft, unit = _read(session, actor, {**device_values(device), **values, **kept}, device)
    _fill(device, draft, unit, now())
    session.flush()
    session.refresh(device, ["unit"])
    _recorded(session, actor, device, "edited")
    return device


def _read(
    session: Session, actor: Actor, values: Mapping[str, Any], present: Device | None = None
) -> tuple[DeviceDraft, OrgUnit]:
    refusals = Refusals()
    with refusals.heeded():
        draft = DeviceDraft.read(values)
    with refusals.heeded():
        unit_now = present.unit if present else None
        unit = unit_for(session, actor, values.get("unit"), CAPABILITY, unit_now)
        _refuse_unspeakable(unit)
    with refusals.heeded():
        _refuse_unknown_site(session, values.get("site"), present)
    refusals.settle()
    return draft, unit


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
    seen: Seen = None,
) -> Device:
    """Set the alarm marks BĐ1 to BĐ3 in metres; None stays "not known".

    Raises:
        Invalid: the marks do not rise, or nobody says where they come from.
        Stale: the device was changed since.
    """
    device = _permitted(session, actor, code, seen)
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


def _permitted(session: Session, actor: Actor, code: str, seen: Seen = None) -> Device:
    device = session.scalars(select(Device).where(Device.code == code)).one_or_none()
    if device is None:
        raise NotFound("")
    claim(session, device, seen)
    actor.require(CAPABILITY, device.unit)
    return device


def _refuse_unknown_site(session: Session, asked: object, present: Device | None) -> None:
    code = " ".join(str(asked or "").split())
    known = KNOWN_SITES.ask()
    if not code or known is None or (present is not None and present.site_code == code):
        return
    if code not in known(session, [code]):
        raise Invalid([FieldError("site", _("Không có điểm cầu mang mã %(code)s.", code=code))])


def _refuse_unspeakable(unit: OrgUnit) -> None:
    """Refuse a unit whose code cannot stand in a topic."""
    try:
        topic_for(unit.code, "any", TopicKind.TELEMETRY)
    except TopicError as error:
        sentence = _("Mã đơn vị %(code)s không đứng được trong chủ đề MQTT.", code=unit.code)
        raise Invalid([FieldError("unit", sentence)]) from error


def device_values(device: Device) -> dict[str, Any]:
    """Return what a device is now, in the names of its draft."""
    return DeviceDraft.values_of(
        device,
        unit=unit_ref(device.unit),
        site=device.site_code,
        location=device.location_text,
    )


def _fill(device: Device, draft: DeviceDraft, unit: OrgUnit, at: datetime) -> None:
    device.unit_id, device.name_fold, device.updated_at = unit.id, fold(draft.name), at
    device.site_code, device.location_text = draft.site, draft.location
    for name in ("name", "kind", "river", "owner", "lat", "lon", "expected_interval_s"):
        setattr(device, name, getattr(draft, name))
    device.is_active = draft.is_active


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
