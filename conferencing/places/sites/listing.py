"""All sites of an actor's area with what is known of them, grouped by the unit below the top."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from conferencing.access.queries import visible_to
from conferencing.models import Conference, ConferenceSite, Occurrence, Site
from conferencing.places.districts import District, by_district
from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.clock import now
from hub.contracts.sites import SiteCondition, site_conditions
from hub.orgunits.queries import in_force
from hub.text import sort_key


@dataclass(frozen=True, slots=True)
class SiteItem:
    """A site and what its sensors say (None: nothing measures it)."""

    site: Site
    condition: SiteCondition | None

    @property
    def state(self) -> str:
        """One word for filters and tints: the condition where it is bad, else the readiness."""
        if self.condition is not None and self.condition.state != "ok":
            return self.condition.state
        return self.site.readiness

    @property
    def is_troubled(self) -> bool:
        """Whether power or line is reported lost."""
        return self.condition is not None and self.condition.is_doubtful


def site_items(session: Session, actor: Actor) -> list[SiteItem]:
    """Return the sites that the actor may see."""
    query = select(Site).options(joinedload(Site.unit)).where(actor.scope.clause(Site.unit_id))
    sites = session.scalars(query).all()
    conditions = site_conditions(session, [site.code for site in sites])
    return [SiteItem(s, conditions.get(s.code)) for s in sites]


def grouped(session: Session, items: Sequence[SiteItem]) -> list[District[SiteItem]]:
    """Return the items by district; the top unit's own sites first, each by rank and name."""
    return by_district(session, sorted(items, key=_rank), lambda item: item.site.unit.path)


def _rank(item: SiteItem) -> tuple[int, tuple[tuple[int, ...], tuple[int, ...], str]]:
    return item.site.unit.depth, sort_key(item.site.name)


def upcoming_of_resource(
    session: Session, actor: Actor, *, site_id: int = 0, room_id: int = 0, limit: int = 20
) -> Sequence[tuple[Occurrence, Conference]]:
    """Return the next dates of a site or a room that the actor may see."""
    query = (
        select(Occurrence, Conference)
        .join(Conference, Conference.id == Occurrence.conference_id)
        .where(
            visible_to(actor),
            Occurrence.status != "CANCELLED",
            Occurrence.ends_at > now(),
            Occurrence.ended_at.is_(None),
        )
        .order_by(Occurrence.starts_at)
        .limit(limit)
    )
    if site_id:
        at_site = select(ConferenceSite.conference_id).where(ConferenceSite.site_id == site_id)
        query = query.where(Conference.id.in_(at_site))
    if room_id:
        query = query.where(Conference.room_id == room_id)
    return [(occurrence, conference) for occurrence, conference in session.execute(query)]


def units_for(session: Session, actor: Actor, capability: str) -> list[OrgUnit]:
    """Return the units in force at which the actor has a capability, from the top down."""
    inside = actor.scope_for(capability).clause(OrgUnit.id)
    units = session.scalars(select(OrgUnit).where(inside, in_force())).all()
    return sorted(units, key=lambda unit: (unit.depth, sort_key(unit.name)))
