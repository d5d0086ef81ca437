"""Who may see a conference: those at its host unit, at any of its sites, and its own people."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from conferencing.models import Attendee, Conference, ConferenceSite, Site
from hub.access.actor import Actor


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "this actor may see the conference"."""
    if actor.scope.everything:
        return true()
    at_site = (
        select(ConferenceSite.conference_id)
        .join(Site, Site.id == ConferenceSite.site_id)
        .where(actor.scope.clause(Site.unit_id))
    )
    ways = [actor.scope.clause(Conference.host_unit_id), Conference.id.in_(at_site)]
    if actor.user_id is not None:
        ways.append(Conference.organizer_id == actor.user_id)
    if actor.email:
        invited = select(Attendee.conference_id).where(Attendee.email == actor.email.lower())
        ways.append(Conference.id.in_(invited))
    return or_(*ways)


def visible_ids(session: Session, actor: Actor, conference_ids: Iterable[int]) -> set[int]:
    """Return those of the conferences that the actor may see."""
    asked = set(conference_ids)
    if not asked:
        return set()
    query = select(Conference.id).where(Conference.id.in_(asked), visible_to(actor))
    return set(session.scalars(query))
