"""Sites: the tree a picker shows, one by its code, lists."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from conferencing.domain.invitations import SiteDirectory, SiteRecord, UnitRecord
from conferencing.models import Site, SiteGroup, SiteGroupMember
from conferencing.ports import SiteCondition, site_conditions
from hub.accounts.actor import Actor
from hub.errors import NotFound
from hub.orgunits.models import OrgUnit
from hub.orgunits.queries import in_force, path_ids
from hub.text import fold, sort_key


@dataclass(frozen=True, slots=True)
class SiteLeaf:
    """A site in the tree, and what is known of its power and line."""

    site: Site
    condition: SiteCondition | None = None


@dataclass(slots=True)
class UnitNode:
    """A unit, its own sites and the units below it; ``total`` counts all sites at and below."""

    unit: OrgUnit
    sites: list[SiteLeaf] = field(default_factory=list)
    children: list["UnitNode"] = field(default_factory=list)
    total: int = 0


def visible_sites(
    session: Session, actor: Actor, text: str = "", *, active_only: bool = True
) -> list[Site]:
    """Return the sites in the actor's area in Vietnamese order; ``text`` needs no accents."""
    query = select(Site).options(joinedload(Site.unit)).where(actor.scope.clause(Site.unit_id))
    if active_only:
        query = query.where(Site.is_active.is_(True))
    for word in fold(text).split():
        query = query.where(Site.name_fold.contains(word, autoescape=True))
    sites = session.scalars(query).all()
    return sorted(sites, key=lambda site: (site.unit.depth, sort_key(site.name)))


def site_by_code(session: Session, actor: Actor, code: str) -> Site:
    """Return a site in the actor's area. Raises NotFound."""
    query = (
        select(Site)
        .options(joinedload(Site.unit))
        .where(Site.code == code, actor.scope.clause(Site.unit_id))
    )
    site = session.scalars(query).first()
    if site is None:
        raise NotFound(_("Không tìm thấy điểm cầu."))
    return site


def site_tree(session: Session, actor: Actor, text: str = "") -> list[UnitNode]:
    """Return units with their sites as trees; units without any site below are left out."""
    sites = visible_sites(session, actor, text)
    conditions = site_conditions(session, [site.code for site in sites])
    units = _units_above(session, sites)
    nodes = {unit.id: UnitNode(unit) for unit in units}
    for site in sites:
        nodes[site.unit_id].sites.append(SiteLeaf(site, conditions.get(site.code)))
        for unit_id in path_ids(site.unit.path):
            if unit_id in nodes:
                nodes[unit_id].total += 1
    roots: list[UnitNode] = []
    for node in nodes.values():
        parent = nodes.get(node.unit.parent_id or 0)
        (parent.children if parent else roots).append(node)
    return roots


def _units_above(session: Session, sites: Sequence[Site]) -> list[OrgUnit]:
    ids = {unit_id for site in sites for unit_id in path_ids(site.unit.path)}
    units = session.scalars(select(OrgUnit).where(OrgUnit.id.in_(ids))).all()
    return sorted(units, key=lambda unit: (unit.depth, sort_key(unit.name)))


def sites_of_units(session: Session, unit_ids: Sequence[int]) -> list[Site]:
    """Return the active sites of exactly these units."""
    query = (
        select(Site)
        .options(joinedload(Site.unit))
        .where(Site.unit_id.in_(unit_ids), Site.is_active.is_(True))
        .order_by(Site.id)
    )
    return list(session.scalars(query))


def directory(session: Session, actor: Actor) -> SiteDirectory:
    """Return units, sites and groups for resolving {"under": ..., "level": ...} selections."""
    units = session.scalars(select(OrgUnit).where(in_force())).all()
    codes = {unit.id: unit.code for unit in units}
    sites = visible_sites(session, actor)
    groups = select(SiteGroup).where(actor.scope.clause(SiteGroup.unit_id))
    return SiteDirectory(
        [UnitRecord(u.code, u.level, codes.get(u.parent_id or 0)) for u in units],
        [SiteRecord(site.code, site.unit.code) for site in sites],
        {g.name: _member_codes(g.members) for g in session.scalars(groups)},
    )


def _member_codes(members: Sequence[SiteGroupMember]) -> list[str]:
    return [member.site.code for member in members]


def sites_by_code(session: Session, codes: tuple[str, ...]) -> dict[str, Site]:
    """Return the known sites by code, with their units."""
    query = select(Site).options(joinedload(Site.unit)).where(Site.code.in_(codes))
    return {site.code: site for site in session.scalars(query)}
