"""Of what this person may make a feed: themselves, and what lies inside their area."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.models import Room, Site
from hub.accounts.actor import Actor
from hub.orgunits.models import OrgUnit
from hub.orgunits.queries import in_force
from hub.text import sort_key


@dataclass(frozen=True, slots=True)
class Choices:
    """Units from the top down, then sites and rooms, each in Vietnamese order."""

    units: Sequence[OrgUnit]
    sites: Sequence[Site]
    rooms: Sequence[Room]


def feed_choices(session: Session, actor: Actor) -> Choices:
    """Return what the actor may choose from."""
    inside = actor.scope.clause(OrgUnit.id)
    units = session.scalars(select(OrgUnit).where(inside, in_force())).all()
    sites = session.scalars(
        select(Site).where(actor.scope.clause(Site.unit_id), Site.is_active.is_(True))
    ).all()
    # A room of a unit above is used by others too; its calendar is that unit's to give.
    rooms = session.scalars(select(Room).where(actor.scope.clause(Room.unit_id))).all()
    return Choices(
        sorted(units, key=lambda unit: (unit.depth, sort_key(unit.name))),
        sorted(sites, key=lambda site: sort_key(site.name)),
        sorted(rooms, key=lambda room: sort_key(room.name)),
    )
