"""Conference sites: create and update."""

from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.fields import FieldChecks, require_at, unit_for
from conferencing.models import Resource, Site
from conferencing.requests import SiteRequest
from hub import journal
from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.audit import record_audit
from hub.text import fold

CAPABILITY: Final = "site.manage"
READINESS: Final = ("in_service", "testing", "fault", "retired")


def create_site(session: Session, actor: Actor, request: SiteRequest) -> Site:
    """Add a site. Raises Invalid, NotFound or NotAllowed."""
    unit = unit_for(session, actor, request.unit_id, CAPABILITY)
    site = Site()
    _fill(session, site, request, unit)
    session.add(site)
    session.flush()
    _note(session, actor, site, "created")
    return site


def update_site(session: Session, actor: Actor, site: Site, request: SiteRequest) -> Site:
    """Change a site as a whole. Raises Invalid, NotFound or NotAllowed."""
    require_at(actor, CAPABILITY, site.unit)
    unit = unit_for(session, actor, request.unit_id, CAPABILITY)
    _fill(session, site, request, unit)
    session.flush()
    _note(session, actor, site, "updated")
    return site


def _fill(session: Session, site: Site, request: SiteRequest, unit: OrgUnit) -> None:
    checks = FieldChecks()
    code = unused_code(session, checks, checks.code(request.code), site.id)
    name = checks.words("name", request.name, 160)
    if request.readiness not in READINESS:
        checks.add("readiness", _("Không có tình trạng này."))
    kbps = request.line_kbps
    if kbps is not None:
        checks.number("line_kbps", kbps, 1, 100_000_000)
    values = {
        "seats": checks.number("seats", request.seats, 1, 10_000),
        "email": checks.email("email", request.email),
        "technician_name": checks.words(
            "technician_name", request.technician_name, 120, needed=False
        ),
        "technician_phone": checks.words(
            "technician_phone", request.technician_phone, 30, needed=False
        ),
        "carrier": checks.words("carrier", request.carrier, 40, needed=False),
        "note": checks.words("note", request.note, 300, needed=False),
    }
    checks.finish()
    site.code, site.name, site.name_fold, site.unit = code, name, fold(name), unit
    site.line_kbps, site.readiness, site.is_active = kbps, request.readiness, request.is_active
    for field, value in values.items():
        setattr(site, field, value)


def unused_code(session: Session, checks: FieldChecks, code: str, own_id: int | None) -> str:
    """Return the code; notes an error when another room or site has it."""
    with session.no_autoflush:
        holder = session.scalar(select(Resource.id).where(Resource.code == code))
    if holder is not None and holder != own_id:
        checks.add("code", _("Mã này đã có."))
    return code


def _note(session: Session, actor: Actor, site: Site, verb: str) -> None:
    record_audit(
        session,
        f"conferencing:site:{verb}",
        site.code,
        unit_id=site.unit.id,
        detail={"name": site.name, "active": site.is_active},
        actor=actor,
    )
    journal.record(
        session,
        "site.changed",
        unit_ids=[site.unit.id],
        data={"code": site.code, "name": site.name, "readiness": site.readiness, "verb": verb},
    )
