"""Saved selections of sites: create, update, delete."""

from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.fields import FieldChecks, unit_for
from conferencing.models import Site, SiteGroup, SiteGroupMember
from conferencing.places.sites.queries import sites_by_code
from conferencing.requests import GroupRequest
from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.audit import record_audit

CAPABILITY: Final = "group.manage"


def create_group(session: Session, actor: Actor, request: GroupRequest) -> SiteGroup:
    """Add a group. Raises Invalid, NotFound or NotAllowed."""
    unit = unit_for(session, actor, request.unit_id, CAPABILITY)
    group = SiteGroup()
    _fill(session, actor, group, request, unit)
    session.add(group)
    session.flush()
    _note(session, actor, group, "created")
    return group


def update_group(
    session: Session, actor: Actor, group: SiteGroup, request: GroupRequest
) -> SiteGroup:
    """Change a group as a whole. Raises Invalid, NotFound or NotAllowed."""
    unit_for(session, actor, group.unit_id, CAPABILITY)
    unit = unit_for(session, actor, request.unit_id, CAPABILITY)
    _fill(session, actor, group, request, unit)
    session.flush()
    _note(session, actor, group, "updated")
    return group


def delete_group(session: Session, actor: Actor, group: SiteGroup) -> None:
    """Remove a group; conferences keep their sites. Raises NotFound or NotAllowed."""
    unit_for(session, actor, group.unit_id, CAPABILITY)
    _note(session, actor, group, "deleted")
    session.delete(group)
    session.flush()


def _fill(
    session: Session, actor: Actor, group: SiteGroup, request: GroupRequest, unit: OrgUnit
) -> None:
    checks = FieldChecks()
    name = checks.words("name", request.name, 120)
    with session.no_autoflush:
        query = select(SiteGroup.id).where(SiteGroup.unit_id == unit.id, SiteGroup.name == name)
        holder = session.scalar(query)
        sites = _sites(session, actor, group, checks, request.site_codes)
    if holder is not None and holder != group.id:
        checks.add("name", _("Đơn vị đã có nhóm mang tên này."))
    checks.finish()
    group.name, group.unit_id = name, unit.id
    kept = {member.site_id: member for member in group.members}
    group.members = [kept.get(s.id) or SiteGroupMember(site_id=s.id, site=s) for s in sites]


def _sites(
    session: Session, actor: Actor, group: SiteGroup, checks: FieldChecks, codes: tuple[str, ...]
) -> list[Site]:
    wanted = tuple(dict.fromkeys(codes))
    kept = {member.site_id for member in group.members}
    found = {
        code: site
        for code, site in sites_by_code(session, wanted).items()
        if site.id in kept or actor.scope.covers(site.unit)
    }
    missing = [code for code in wanted if code not in found]
    if not wanted:
        checks.add("site_codes", _("Hãy chọn ít nhất một điểm cầu."))
    if missing:
        checks.add("site_codes", _("Không có điểm cầu: %(codes)s.", codes=", ".join(missing[:5])))
    return [found[code] for code in wanted if code in found]


def _note(session: Session, actor: Actor, group: SiteGroup, verb: str) -> None:
    record_audit(
        session,
        f"conferencing:group:{verb}",
        group.name,
        unit_id=group.unit_id,
        detail={"sites": len(group.members)},
        actor=actor,
    )
