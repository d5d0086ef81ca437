"""Who is invited after a change, and who is not any more."""

from collections.abc import Sequence
from dataclasses import dataclass

from conferencing.booking.plan import Plan
from conferencing.booking.requests import AttendeeRequest
from conferencing.booking.services import new_attendee, new_site
from conferencing.models import Attendee, Conference, ConferenceSite


@dataclass(frozen=True, slots=True)
class Leavers:
    """Who is no longer invited, and the units that lose their site."""

    sites: tuple[ConferenceSite, ...]
    people: tuple[Attendee, ...]

    @property
    def unit_ids(self) -> frozenset[int]:
        """The units whose site leaves."""
        return frozenset(row.site.unit_id for row in self.sites)


def leavers_of(conference: Conference, plan: Plan) -> Leavers:
    """Return whom a plan no longer names."""
    sites = {site.id for site in plan.sites}
    emails = {person.email for person in plan.request.attendees}
    return Leavers(
        tuple(row for row in conference.sites if row.site_id not in sites),
        tuple(row for row in conference.attendees if row.email not in emails),
    )


def set_people(conference: Conference, plan: Plan, leavers: Leavers) -> None:
    """Invite whom the plan names and nobody else; those who stay keep their answers."""
    for site in leavers.sites:
        conference.sites.remove(site)
    for person in leavers.people:
        conference.attendees.remove(person)
    _set_sites(conference, plan)
    _set_attendees(conference, plan.request.attendees)


def _set_sites(conference: Conference, plan: Plan) -> None:
    present = {row.site_id: row for row in conference.sites}
    for site in plan.sites:
        row = present.get(site.id)
        if row is None:
            conference.sites.append(new_site(conference.uid, site, plan))
        elif row.role != "relay" or site.code == plan.chair_site_code:
            row.role = "chair" if site.code == plan.chair_site_code else "join"


def _set_attendees(conference: Conference, asked: Sequence[AttendeeRequest]) -> None:
    present = {row.email: row for row in conference.attendees}
    for person in asked:
        if row := present.get(person.email):
            row.name, row.role = person.name, person.role
        else:
            conference.attendees.append(new_attendee(conference.uid, person))
