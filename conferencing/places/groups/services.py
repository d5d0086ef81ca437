"""Saved selections of sites: create, update, delete."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.models import Site, SiteGroup, SiteGroupMember
from conferencing.places.groups.drafts import GroupDraft
from conferencing.places.sites.queries import sites_by_code
from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.audit import record_audit
from hub.errors import FieldError, Invalid, Refusals
from hub.orgunits.queries import unit_for
from hub.versions import Seen, claim

CAPABILITY: Final = "group.manage"


def create_group(session: Session, actor: Actor, values: Mapping[str, Any]) -> SiteGroup:
    """Add the group that these values of its draft describe. Raises Invalid or NotAllowed."""
    return _keep(session, actor, SiteGroup(), values, "created")


def update_group(
    session: Session,
    actor: Actor,
    group: SiteGroup,
    values: Mapping[str, Any],
    seen: Seen = None,
) -> SiteGroup:
    """Change a group as a whole. Raises Invalid, NotFound, NotAllowed or Stale."""
    claim(session, group, seen)
    actor.require(CAPABILITY, session.get_one(OrgUnit, group.unit_id))
    return _keep(session, actor, group, values, "updated")


def delete_group(session: Session, actor: Actor, group: SiteGroup) -> None:
    """Remove a group; conferences keep their sites. Raises NotFound or NotAllowed."""
    actor.require(CAPABILITY, session.get_one(OrgUnit, group.unit_id))
    _note(session, actor, group, "deleted")
    session.delete(group)
    session.flush()


def _keep(
    session: Session, actor: Actor, group: SiteGroup, values: Mapping[str, Any], verb: str
) -> SiteGroup:
    refusals = Refusals()
    with session.no_autoflush:
        with refusals.heeded():
            draft = GroupDraft.read(values)
        with refusals.heeded():
            present = session.get(OrgUnit, group.unit_id) if group.unit_id else None
            unit = unit_for(session, actor, values.get("unit"), CAPABILITY, present)
            _refuse_taken_name(session, group, unit, values.get("name"))
        with refusals.heeded():
            sites = _sites(session, actor, group, values.get("sites") or ())
    refusals.settle()
    group.name, group.unit_id = draft.name, unit.id
    kept = {member.site_id: member for member in group.members}
    group.members = [kept.get(s.id) or SiteGroupMember(site_id=s.id, site=s) for s in sites]
    session.add(group)
    session.flush()
    _note(session, actor, group, verb)
    return group


def _refuse_taken_name(session: Session, group: SiteGroup, unit: OrgUnit, name: object) -> None:
    named = select(SiteGroup.id).where(SiteGroup.unit_id == unit.id, SiteGroup.name == name)
    holder = session.scalar(named)
    if holder is not None and holder != group.id:
        raise Invalid([FieldError("name", _("Đơn vị đã có nhóm mang tên này."))])


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
