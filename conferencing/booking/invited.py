"""Who is invited: sites and people join and leave, the others keep their answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from conferencing.booking.plan import Plan
from conferencing.booking.services import new_attendee, new_site
from conferencing.invitations.services import Recipient, recipients
from conferencing.models import Attendee, Conference, ConferenceSite
from conferencing.requests import AttendeeRequest


@dataclass(frozen=True, slots=True)
class Leavers:
    """Who is no longer invited, and the units that lose their site."""

    recipients: list[Recipient]
    unit_ids: frozenset[int]


def set_people(conference: Conference, plan: Plan) -> Leavers:
    """Invite whom the plan names and nobody else; those who stay keep their answers."""
    wanted = {site.id: site for site in plan.sites}
    going = [row for row in conference.sites if row.site_id not in wanted]
    asked = {person.email: person for person in plan.request.attendees}
    leaving = [row for row in conference.attendees if row.email not in asked]
    leavers = Leavers(
        recipients(conference, going, leaving), frozenset(row.site.unit_id for row in going)
    )
    _set_sites(conference, plan, going)
    _set_attendees(conference, asked, leaving)
    return leavers


def _set_sites(conference: Conference, plan: Plan, going: Sequence[ConferenceSite]) -> None:
    for gone in going:
        conference.sites.remove(gone)
    present = {row.site_id: row for row in conference.sites}
    for site in plan.sites:
        row = present.get(site.id)
        if row is None:
            conference.sites.append(new_site(conference.uid, site, plan))
        elif row.role != "relay" or site.code == plan.chair_site_code:
            row.role = "chair" if site.code == plan.chair_site_code else "join"


def _set_attendees(
    conference: Conference, asked: dict[str, AttendeeRequest], leaving: Sequence[Attendee]
) -> None:
    for row in leaving:
        conference.attendees.remove(row)
    present = {row.email: row for row in conference.attendees}
    for email, person in asked.items():
        if email in present:
            present[email].name, present[email].role = person.name, person.role
        else:
            conference.attendees.append(new_attendee(conference.uid, person))
