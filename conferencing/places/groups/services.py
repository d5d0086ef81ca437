"""Saved selections of sites: create, update, delete."""

from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.models import Site, SiteGroup, SiteGroupMember
from conferencing.places.groups.drafts import GroupDraft
from conferencing.places.sites.queries import sites_by_code
from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.audit import record_audit
from hub.errors import FieldError, Invalid
from hub.orgunits.queries import unit_for

CAPABILITY: Final = "group.manage"


def create_group(session: Session, actor: Actor, draft: GroupDraft) -> SiteGroup:
    """Add a group. Raises Invalid or NotAllowed."""
    group = SiteGroup()
    _fill(session, actor, group, draft)
    session.add(group)
    session.flush()
    _note(session, actor, group, "created")
    return group


def update_group(session: Session, actor: Actor, group: SiteGroup, draft: GroupDraft) -> SiteGroup:
    """Change a group as a whole. Raises Invalid, NotFound or NotAllowed."""
    actor.require(CAPABILITY, session.get_one(OrgUnit, group.unit_id))
    _fill(session, actor, group, draft)
    session.flush()
    _note(session, actor, group, "updated")
    return group


def delete_group(session: Session, actor: Actor, group: SiteGroup) -> None:
    """Remove a group; conferences keep their sites. Raises NotFound or NotAllowed."""
    actor.require(CAPABILITY, session.get_one(OrgUnit, group.unit_id))
    _note(session, actor, group, "deleted")
    session.delete(group)
    session.flush()


def _fill(session: Session, actor: Actor, group: SiteGroup, draft: GroupDraft) -> None:
    with session.no_autoflush:
        present = session.get(OrgUnit, group.unit_id) if group.unit_id else None
        unit = unit_for(session, actor, draft.unit, CAPABILITY, present)
        named = select(SiteGroup.id).where(
            SiteGroup.unit_id == unit.id, SiteGroup.name == draft.name
        )
        holder = session.scalar(named)
        sites = _sites(session, actor, group, draft.sites)
    if holder is not None and holder != group.id:
        raise Invalid([FieldError("name", _("Đơn vị đã có nhóm mang tên này."))])
    group.name, group.unit_id = draft.name, unit.id
    kept = {member.site_id: member for member in group.members}
    group.members = [kept.get(s.id) or SiteGroupMember(site_id=s.id, site=s) for s in sites]


def _sites(session: Session, actor: Actor, group: SiteGroup, codes: tuple[str, ...]) -> list[Site]:
    wanted = tuple(dict.fromkeys(codes))
    if not wanted:
        raise Invalid([FieldError("sites", _("Hãy chọn ít nhất một điểm cầu."))])
    kept = {member.site_id for member in group.members}
    found = {
        code: site
        for code, site in sites_by_code(session, wanted).items()
        if site.id in kept or actor.scope.covers(site.unit)
    }
    missing = [code for code in wanted if code not in found]
    if missing:
        sentence = _("Không có điểm cầu: %(codes)s.", codes=", ".join(missing[:5]))
        raise Invalid([FieldError("sites", sentence)])
    return [found[code] for code in wanted]


def _note(session: Session, actor: Actor, group: SiteGroup, verb: str) -> None:
    record_audit(
        session,
        f"conferencing:group:{verb}",
        group.name,
        unit_id=group.unit_id,
        detail={"sites": len(group.members)},
        actor=actor,
    )
