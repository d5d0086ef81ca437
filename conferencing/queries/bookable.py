"""What a booking form may offer: sites, rooms and saved selections of this actor."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from conferencing.models import Bridge, Room, Site, SiteGroup, SiteGroupMember
from hub.accounts.actor import Actor
from hub.orgunits.models import OrgUnit
from hub.orgunits.queries import path_ids
from hub.text import sort_key

BOOK = "conference.book"


def bookable_sites(session: Session, actor: Actor, capability: str = BOOK) -> list[Site]:
    """Return the sites in use that the actor may invite (or see), with their units."""
    inside = actor.scope_for(capability).clause(Site.unit_id)
    query = select(Site).options(joinedload(Site.unit)).where(inside, Site.is_active.is_(True))
    return list(session.scalars(query))


def bookable_rooms(session: Session, actor: Actor) -> list[Room]:
    """Return the rooms in use that belong to the actor's area or to a unit above it."""
    query = (
        select(Room)
        .join(Bridge, Bridge.id == Room.bridge_id)
        .where(
            or_(Room.unit_id.in_(_own_and_above(session, actor)), actor.scope.clause(Room.unit_id)),
            Room.is_active.is_(True),
            Bridge.is_active.is_(True),
        )
    )
    return sorted(session.scalars(query), key=lambda room: sort_key(room.name))


def saved_selections(session: Session, actor: Actor) -> list[SiteGroup]:
    """Return the saved selections of the actor's area and of the units above it."""
    query = (
        select(SiteGroup)
        .options(selectinload(SiteGroup.members).joinedload(SiteGroupMember.site))
        .where(
            or_(
                SiteGroup.unit_id.in_(_own_and_above(session, actor)),
                actor.scope.clause(SiteGroup.unit_id),
            )
        )
    )
    return list(session.scalars(query))


def _own_and_above(session: Session, actor: Actor) -> list[int]:
    home = session.get(OrgUnit, actor.home_unit_id) if actor.home_unit_id else None
    return path_ids(home.path) if home else []
