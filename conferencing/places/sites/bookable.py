"""Which sites a booking form may offer."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from conferencing.models import Site
from hub.access.actor import Actor


def bookable_sites(session: Session, actor: Actor) -> list[Site]:
    """Return the sites in use that the actor may invite, with their units.

    Narrower than what the actor sees: somebody may look at a province and book in one district.
    """
    inside = actor.scope_for("conference.book").clause(Site.unit_id)
    query = select(Site).options(joinedload(Site.unit)).where(inside, Site.is_active.is_(True))
    return list(session.scalars(query))
