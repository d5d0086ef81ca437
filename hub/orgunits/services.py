"""Correcting a unit of the set in force: its name and its point."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access.models import OrgUnit
from hub.audit import record_audit
from hub.errors import FieldError, Invalid
from hub.text import clean, fold
from hub.versions import Seen, claim

MAX_NAME = 120


@dataclass(frozen=True, slots=True)
class UnitEdit:
    """What an administrator may correct; the point in degrees, WGS 84."""

    name: str
    lat: float | None
    lon: float | None


def edit_unit(session: Session, unit: OrgUnit, edit: UnitEdit, seen: Seen = None) -> None:
    """Correct a unit and record what it was before.

    Raises:
        Invalid: the name is empty or too long, or half a point was given.
        Stale: it was changed since.
    """
    claim(session, unit, seen)
    name = clean(edit.name)
    errors: list[FieldError] = []
    if not name or len(name) > MAX_NAME:
        errors.append(FieldError("name", _("Cần tên từ 1 đến %(max)s ký tự.", max=MAX_NAME)))
    if (edit.lat is None) != (edit.lon is None):
        errors.append(FieldError("lat", _("Cần cả kinh độ và vĩ độ, hoặc để trống cả hai.")))
    if errors:
        raise Invalid(errors)
    before = {"name": unit.name, "lat": unit.lat, "lon": unit.lon}
    unit.name, unit.name_fold = name, fold(name)
    unit.lat, unit.lon = edit.lat, edit.lon
    after = {"name": unit.name, "lat": unit.lat, "lon": unit.lon}
    detail = {"before": before, "after": after}
    record_audit(session, "hub:unit:edited", unit.code, unit_id=unit.id, detail=detail)
