"""A province of the web tests with a bridge, rooms, sites and one booked conference."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing import links
from conferencing.booking.plan import check_request
from conferencing.booking.services import book
from conferencing.models import Conference, Site
from hub.access.actor import actor_of
from hub.access.models import OrgUnit
from hub.accounts.services import find_user
from hub.orgunits.queries import current_units, unit_by_code
from tests import factories

SITES = ("DC-44", "DC-457", "DC-19249")
FEW_UNITS = ("44", "450", "457", "19249", "19252")


@dataclass(frozen=True, slots=True)
class Booked:
    """What a test needs to know of a conference after its transaction."""

    id: int
    code: str
    site_secrets: dict[str, str]
    person_secret: str
    occurrence_ids: tuple[int, ...]


def furnish(session: Session, *, every_unit: bool = False) -> None:
    """Add a bridge, two rooms and a site for a few units, or for all 160."""
    province = unit_by_code(session, "44")
    assert province is not None
    bridge = factories.add_bridge(session, province)
    factories.add_room(session, bridge, "P1")
    factories.add_room(session, bridge, "P2")
    units: list[OrgUnit] = current_units(session)
    factories.add_sites(session, [u for u in units if every_unit or u.code in FEW_UNITS])


def book_one(session: Session, username: str = "thuky", **changes: Any) -> Booked:
    """Book a conference as a demo account; it has the chair's and two more sites by default."""
    if session.scalar(select(Site.id).limit(1)) is None:
        furnish(session)
    user = find_user(session, username)
    assert user is not None
    sites = changes.pop("sites", SITES)
    actor, request = actor_of(user), factories.booking(sites, **changes)
    return told(book(session, actor, check_request(session, actor, request)))


def told(conference: Conference) -> Booked:
    """Return what a test needs, secrets of the answer links included."""
    return Booked(
        id=conference.id,
        code=conference.code,
        site_secrets={
            row.site.code: links.site_secret(conference.uid, row.site_id)
            for row in conference.sites
        },
        person_secret=next(
            (links.attendee_secret(conference.uid, a.email) for a in conference.attendees), ""
        ),
        occurrence_ids=tuple(o.id for o in conference.occurrences),
    )
