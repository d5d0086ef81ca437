"""Changing a conference: who keeps an answer, who is asked again, who hears what."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.access.services import require_alive, require_change
from conferencing.availability.queries import Question
from conferencing.booking.plan import Plan, check_request
from conferencing.booking.requests import AttendeeRequest, BookingRequest
from conferencing.booking.series import keep_cancelled, settled_by, write_dates
from conferencing.booking.services import (
    new_attendee,
    new_site,
    refuse_clashes,
    run_in_transaction,
)
from conferencing.domain.changes import (
    Aspect,
    ConferenceRevision,
    RevisionChange,
    compare,
    next_sequence,
)
from conferencing.domain.changes import sites_to_ask_again as to_ask_again
from conferencing.domain.interval import Interval
from conferencing.history import note_change
from conferencing.holds import services as holds
from conferencing.invitations.letter_words import About, dates_ahead
from conferencing.invitations.services import recipients, withdraw_letters, write_letters
from conferencing.models import Attendee, Conference, ConferenceSite
from conferencing.revisions import compared_revision, refresh_fragment
from hub.access.actor import Actor
from hub.clock import now
from hub.errors import FieldError, Invalid, NotFound
from hub.text import fold
from hub.versions import Seen

SAID_CHARACTERS: Final = 200


def detail_of(change_: RevisionChange) -> dict[str, Any]:
    """Return which sides changed, who joined and who left."""
    return {
        "aspects": sorted(change_.aspects),
        "added_sites": sorted(change_.added_sites),
        "removed_sites": sorted(change_.removed_sites),
        "added_attendees": sorted(change_.added_attendees),
        "removed_attendees": sorted(change_.removed_attendees),
    }


def before_and_after(before: ConferenceRevision, after: ConferenceRevision) -> dict[str, Any]:
    """Return what was said before and what is said now, of what differs."""
    old, new = _said(before), _said(after)
    differing = [key for key in old if old[key] != new[key]]
    return {
        "before": {key: old[key] for key in differing},
        "after": {key: new[key] for key in differing},
    }


def _said(revision: ConferenceRevision) -> dict[str, str]:
    return {
        "title": revision.title,
        "starts_at": revision.interval.start.isoformat(),
        "ends_at": revision.interval.end.isoformat(),
        "room": revision.room,
        "rrule": revision.rrule,
        "agenda": revision.agenda.strip()[:SAID_CHARACTERS],
    }


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


OCCUPANCY = frozenset({Aspect.TIME, Aspect.RECURRENCE, Aspect.ROOM, Aspect.SITES})


def request_of(conference: Conference) -> BookingRequest:
    """Return the conference as a request, to be changed in part or shown in a form."""
    chair = next((row.site.code for row in conference.sites if row.role == "chair"), "")
    gone = (o.recurrence_id for o in conference.occurrences if o.status == "CANCELLED")
    return BookingRequest(
        title=conference.title,
        type=conference.type,
        priority=conference.priority,
        room_code=conference.room.code,
        starts_at=conference.starts_at,
        ends_at=conference.ends_at,
        site_codes=tuple(row.site.code for row in conference.sites),
        attendees=tuple(AttendeeRequest(a.email, a.name, a.role) for a in conference.attendees),
        rrule=conference.rrule,
        exdates=tuple(gone) if conference.rrule else (),
        agenda=conference.agenda,
        reason=conference.reason,
        chair=conference.chair,
        host_unit_id=conference.host_unit_id,
        source_ref=conference.source_ref,
        is_drill=conference.is_drill,
        chair_site=chair,
    )


def change(
    session: Session, actor: Actor, conference: Conference, request: BookingRequest
) -> Conference:
    """Make the conference as requested; nothing is written or sent when nothing differs.

    ``host_unit_id``, ``source_ref`` and ``is_drill`` of the request are not looked at.

    Raises:
        Invalid, NotFound, NotAllowed, Conflict: as in booking.
        TakenMeanwhile: somebody else was faster; the transaction cannot go on.
    """
    require_change(session, actor, conference)
    require_alive(conference)
    plan = plan_change(session, actor, conference, request)
    settlement = settled_by(conference, plan)
    before, was = compared_revision(conference), _first_span(conference)
    leavers = leavers_of(conference, plan)
    _take_leave(session, conference, leavers)
    words_changed = _set_words(conference, plan)
    set_people(conference, plan, leavers)
    conference.room = plan.room
    write_dates(session, conference, settlement)
    conference.starts_at, conference.ends_at = plan.request.starts_at, plan.request.ends_at
    conference.rrule = plan.rrule
    after = compared_revision(conference)
    change_ = compare(before, after)
    if change_.is_empty and not words_changed:
        return conference
    _ask_again(conference, change_)
    _raise_revision(conference, change_)
    _hold_again(session, actor, conference, change_)
    _tell(session, conference, change_, was)
    detail = {**detail_of(change_), **before_and_after(before, after)}
    note_change(session, actor, conference, "changed", detail, leavers.unit_ids)
    return conference


def plan_change(
    session: Session, actor: Actor, conference: Conference, request: BookingRequest
) -> Plan:
    """Return the plan of a changed conference, its cancelled dates still cancelled.

    Raises:
        Invalid, NotAllowed: as in booking; what has begun keeps its hours.
    """
    asked = replace(
        keep_cancelled(conference, request),
        host_unit_id=conference.host_unit_id,
        source_ref=conference.source_ref,
        is_drill=conference.is_drill,
    )
    same_time = (asked.starts_at, asked.ends_at) == (conference.starts_at, conference.ends_at)
    plan = check_request(session, actor, asked, may_be_past=same_time)
    same_rule = plan.rrule == conference.rrule
    if has_begun(conference) and not (same_time and same_rule):
        message = _("Cuộc họp đã bắt đầu; hãy dời từng buổi hoặc đặt cuộc họp mới.")
        raise Invalid([FieldError("starts_at", message)])
    return plan


def has_begun(conference: Conference) -> bool:
    """Whether the first occurrence has started."""
    return any(o.starts_at <= now() for o in conference.occurrences)


def _set_words(conference: Conference, plan: Plan) -> bool:
    request = plan.request
    values = {
        "title": request.title,
        "title_fold": fold(request.title),
        "type": request.type,
        "priority": plan.priority,
        "chair": request.chair,
        "agenda": request.agenda,
        "reason": request.reason,
    }
    differs = any(getattr(conference, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(conference, name, value)
    return differs


def _ask_again(conference: Conference, change_: RevisionChange) -> None:
    again = to_ask_again(change_, compared_revision(conference))
    for site in conference.sites:
        if site.site.code in again and site.partstat != "NEEDS-ACTION":
            site.partstat, site.answered_at, site.answered_by = "NEEDS-ACTION", None, ""
    if change_.resets_answers:
        for person in conference.attendees:
            person.partstat, person.answered_at = "NEEDS-ACTION", None


def _raise_revision(conference: Conference, change_: RevisionChange) -> None:
    conference.sequence = next_sequence(conference.sequence, change_)
    conference.revision += 1
    conference.updated_at = now()
    if change_.resets_answers:
        for occurrence in conference.occurrences:
            occurrence.sequence = conference.sequence


def _hold_again(
    session: Session, actor: Actor, conference: Conference, change_: RevisionChange
) -> None:
    if not change_.aspects & OCCUPANCY:
        return
    future = [o for o in conference.occurrences if o.ends_at > now()]
    going = [o for o in future if o.status != "CANCELLED"]
    holds.lock_room(session, conference.room, going)
    if going:
        question = Question(
            tuple(holds.span_of(o) for o in going),
            tuple(row.site for row in conference.sites),
            conference.room,
            conference.id,
            buffered=holds.is_buffered(conference),
        )
        refuse_clashes(session, actor, question)
    session.flush()
    holds.give_back(session, [o.id for o in future])
    holds.take(session, conference, going)


def _take_leave(session: Session, conference: Conference, leavers: Leavers) -> None:
    """Tell those who are no longer invited, of the conference as they know it."""
    to = recipients(conference, leavers.sites, leavers.people)
    write_letters(session, conference, "removed", to)


def _tell(session: Session, conference: Conference, change_: RevisionChange, was: Interval) -> None:
    session.flush()
    refresh_fragment(conference)
    if change_.is_empty:
        return
    withdraw_letters(session, conference)
    sites = [r for r in conference.sites if r.site.code in change_.added_sites]
    people = [a for a in conference.attendees if a.email in change_.added_attendees]
    new = recipients(conference, sites, people)
    write_letters(session, conference, "booked", new)
    if not change_.aspects - {Aspect.ATTENDEES}:
        return  # who else is invited is nothing to write to everybody about
    told = {recipient.key for recipient in new}
    rest = [to for to in recipients(conference) if to.key not in told]
    # A date moved by itself stays where it is though its series has another hour.
    old = was if Aspect.TIME in change_.aspects and was != _first_span(conference) else None
    write_letters(session, conference, "changed", rest, About(was=old, changed=change_.aspects))


def _first_span(conference: Conference) -> Interval:
    return holds.span_of(dates_ahead(conference)[0])


def change_in_transaction(
    actor: Actor, code: str, request: BookingRequest, seen: Seen = None
) -> Conference:
    """Change from an edge: the conference by its code, in a transaction of its own.

    Raises:
        Stale: it was changed since the version that the request was made from.
    """

    def act(session: Session) -> Conference:
        conference = by_code(session, code)
        require_change(session, actor, conference, seen)
        return change(session, actor, conference, request)

    return run_in_transaction(act)


def by_code(session: Session, code: str) -> Conference:
    """Return the conference; rights are checked by the service that acts. Raises NotFound."""
    conference = session.scalars(select(Conference).where(Conference.code == code)).first()
    if conference is None:
        raise NotFound(_("Không tìm thấy cuộc họp."))
    return conference
