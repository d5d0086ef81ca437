"""Booking: one transaction writes conference, occurrences, holds, letters and journal, or none."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conferencing import links
from conferencing.availability.queries import (
    Findings,
    Question,
    alternatives_to,
    check_availability,
    conflict_items,
)
from conferencing.booking.plan import Plan, check_request
from conferencing.booking.requests import AttendeeRequest, BookingRequest
from conferencing.domain.recurrence import DatedOccurrence
from conferencing.history import note_change
from conferencing.holds import services as holds
from conferencing.invitations.services import recipients, write_letters
from conferencing.models import Attendee, Conference, ConferenceSite, Occurrence, Site
from conferencing.revisions import refresh_fragment
from hub.access.actor import Actor
from hub.clock import local, now
from hub.db import dialect_name, in_transaction
from hub.errors import Conflict
from hub.text import fold

Also = Callable[[Session, Conference], None]


def book(session: Session, actor: Actor, plan: Plan) -> Conference:
    """Look once, then write a new conference with everything that belongs to it.

    Raises:
        Conflict: something is taken; ``details`` names it and offers alternatives.
        TakenMeanwhile: somebody else was faster; the transaction cannot go on.
    """
    holds.lock_spans(session, plan.room, plan.spans)
    refuse_clashes(session, actor, question_of(plan))
    return write_booking(session, actor, plan)


def write_booking(session: Session, actor: Actor, plan: Plan) -> Conference:
    """Write a plan that was found free: rows, holds, letters, history; the database may refuse.

    Raises:
        TakenMeanwhile: somebody else was faster; the transaction cannot go on.
    """
    conference = write_plan(session, actor, plan)
    refresh_fragment(conference)
    letters = write_letters(session, conference, "booked", recipients(conference))
    holds.take(session, conference, conference.occurrences)
    detail = {"occurrences": len(plan.occurrences), "sites": len(plan.sites), "letters": letters}
    note_change(session, actor, conference, "booked", detail)
    return conference


def book_in_transaction(
    actor: Actor, request: BookingRequest, also: Also | None = None
) -> Conference:
    """Check and book from an edge, in its one transaction.

    ``also`` runs in the same transaction after the booking (an API's idempotency record, say).

    Raises:
        Invalid: with every field to mend.
        NotAllowed: the actor may not book for the host unit.
        Conflict: something is taken; ``details`` names it and offers alternatives.
    """

    def act(session: Session) -> Conference:
        return book(session, actor, check_request(session, actor, request))

    return run_in_transaction(act, also)


def run_in_transaction(
    act: Callable[[Session], Conference], also: Also | None = None
) -> Conference:
    """Run a change of a conference from an edge, and what the edge adds to it."""

    def whole(session: Session) -> Conference:
        conference = act(session)
        if also is not None:
            also(session, conference)
        return conference

    return in_transaction(whole)


def question_of(plan: Plan, ignore: int | None = None) -> Question:
    """Return what has to be free for a plan."""
    return Question(plan.spans, plan.sites, plan.room, ignore, plan.priority > 0)


def refuse_clashes(session: Session, actor: Actor, question: Question) -> Findings:
    """Raise a Conflict that names everything in the way, if there is anything."""
    findings = check_availability(session, question)
    if not findings.is_free:
        raise clash_conflict(session, actor, findings, _("Trùng lịch."))
    return findings


def clash_conflict(session: Session, actor: Actor, findings: Findings, message: str) -> Conflict:
    """Return the Conflict that names what was found and offers something else."""
    details = {
        "conflicts": conflict_items(session, actor, findings),
        "alternatives": alternatives_to(session, actor, findings),
    }
    return Conflict(message, details)


def write_plan(session: Session, actor: Actor, plan: Plan) -> Conference:
    """Add the rows of a new conference, flushed so that all have their ids."""
    at = now()
    number = next_number(session)
    request = plan.request
    conference = Conference(
        id=number.id,
        code=number.code_in(request.starts_at),
        uid=f"{uuid4()}@{links.host()}",
        title=request.title,
        title_fold=fold(request.title),
        type=request.type,
        priority=plan.priority,
        status="CONFIRMED",
        sequence=0,
        revision=0,
        chair=request.chair,
        agenda=request.agenda,
        reason=request.reason,
        room=plan.room,
        host_unit=plan.host,
        organizer_id=actor.user_id,
        organizer_name=actor.name,
        organizer_email=actor.email or links.settings().mail_from,
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        rrule=plan.rrule,
        source_ref=request.source_ref,
        is_drill=request.is_drill,
        created_at=at,
        updated_at=at,
    )
    conference.occurrences = [
        *(new_occurrence(dated) for dated in plan.occurrences),
        *(new_occurrence(dated, "CANCELLED") for dated in plan.excepted),
    ]
    conference.sites = [new_site(conference.uid, site, plan) for site in plan.sites]
    conference.attendees = [new_attendee(conference.uid, asked) for asked in request.attendees]
    session.add(conference)
    session.flush()
    return conference


@dataclass(frozen=True, slots=True)
class Number:
    """The id of a conference to be written, and the code made of it."""

    id: int

    def code_in(self, starts_at: datetime) -> str:
        """Return the code people name it by."""
        return f"HN-{local(starts_at).year}-{self.id:04d}"


def next_number(session: Session) -> Number:
    """Return the number of the next conference; gaps are possible, repeats not."""
    if dialect_name(session) == "postgresql":
        name = func.pg_get_serial_sequence("conferencing_conference", "id")
        return Number(int(session.execute(select(func.nextval(name))).scalar_one()))
    largest = session.scalar(select(func.coalesce(func.max(Conference.id), 0)))
    return Number(int(largest or 0) + 1)


def new_occurrence(dated: DatedOccurrence, status: str = "CONFIRMED") -> Occurrence:
    """Return the row of one dated occurrence."""
    return Occurrence(
        recurrence_id=dated.recurrence_id,
        starts_at=dated.interval.start,
        ends_at=dated.interval.end,
        status=status,
        sequence=0,
        is_moved=dated.is_moved,
    )


def new_site(uid: str, site: Site, plan: Plan) -> ConferenceSite:
    """Return the row of a site taking part, its contact filled in from the site's own."""
    secret = links.site_secret(uid, site.id)
    return ConferenceSite(
        site=site,
        site_id=site.id,
        role="chair" if site.code == plan.chair_site_code else "join",
        partstat="NEEDS-ACTION",
        technician_name=site.technician_name,
        technician_phone=site.technician_phone,
        answer_hash=links.secret_hash(secret),
    )


def new_attendee(uid: str, asked: AttendeeRequest) -> Attendee:
    """Return the row of a person invited."""
    secret = links.attendee_secret(uid, asked.email)
    return Attendee(
        email=asked.email,
        name=asked.name,
        role=asked.role,
        partstat="NEEDS-ACTION",
        answer_hash=links.secret_hash(secret),
    )
