"""Sites: the tree a picker shows, one by its code, lists."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from conferencing.models import Site
from hub.access.actor import Actor
from hub.errors import NotFound
from hub.text import fold, sort_key


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


def sites_of_units(session: Session, unit_ids: Sequence[int]) -> list[Site]:
    """Return the active sites of exactly these units."""
    query = (
        select(Site)
        .options(joinedload(Site.unit))
        .where(Site.unit_id.in_(unit_ids), Site.is_active.is_(True))
        .order_by(Site.id)
    )
    return list(session.scalars(query))


def sites_by_code(session: Session, codes: Sequence[str]) -> dict[str, Site]:
    """Return the known sites by code, with their units."""
    query = select(Site).options(joinedload(Site.unit)).where(Site.code.in_(codes))
    return {site.code: site for site in session.scalars(query)}
