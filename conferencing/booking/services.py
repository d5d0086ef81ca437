"""Booking: one transaction writes conference, occurrences, holds, letters and journal, or none."""

from collections.abc import Callable
from uuid import uuid4

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conferencing import links
from conferencing.availability.queries import Findings, Question, alternatives, conflict_items, look
from conferencing.booking.plan import Plan, check_request
from conferencing.domain.recurrence import DatedOccurrence
from conferencing.history import note_change
from conferencing.holds import services as holds
from conferencing.holds.refusals import TakenMeanwhile, with_retry
from conferencing.invitations.services import recipients, write_letters
from conferencing.models import Attendee, Conference, ConferenceSite, Occurrence, Site
from conferencing.requests import AttendeeRequest, BookingRequest
from conferencing.revisions import organizer_of, refresh_fragment
from hub.accounts.actor import Actor
from hub.clock import local, now
from hub.db import dialect_name, read_session, transaction
from hub.errors import Conflict
from hub.text import fold

Also = Callable[[Session, Conference], None]


def book(
    session: Session,
    actor: Actor,
    request: BookingRequest,
    *,
    capability: str = "conference.book",
) -> Conference:
    """Write a new conference with everything that belongs to it.

    Raises:
        Invalid: with every field to mend.
        NotAllowed: the actor may not book for the host unit.
        Conflict: something is taken; ``details`` names it and offers alternatives.
        TakenMeanwhile: somebody else was faster; the transaction cannot go on.
    """
    plan = check_request(session, actor, request, capability=capability)
    holds.lock_spans(session, plan.room, plan.spans)
    refuse_clashes(session, actor, question_of(plan))
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
    """Book from an edge: open the transaction, retry deadlocks, name what was in the way.

    ``also`` runs in the same transaction after the booking (an API's idempotency record, say).
    """

    def act(session: Session) -> Conference:
        return book(session, actor, request)

    def ask(session: Session) -> Question:
        return question_of(check_request(session, actor, request))

    return run_in_transaction(actor, act, ask, also)


def run_in_transaction(
    actor: Actor,
    act: Callable[[Session], Conference],
    ask: Callable[[Session], Question],
    also: Also | None = None,
) -> Conference:
    """Run a change in its own transaction; when the database refuses, look again and say why."""

    def whole() -> Conference:
        with transaction() as session:
            conference = act(session)
            if also is not None:
                also(session, conference)
        return conference

    try:
        return with_retry(whole)
    except TakenMeanwhile as error:
        session = read_session()
        raise named_conflict(session, actor, ask(session), str(error)) from error


def question_of(plan: Plan, ignore: int | None = None) -> Question:
    """Return what has to be free for a plan."""
    return Question(plan.spans, plan.sites, plan.room, ignore, plan.priority > 0)


def refuse_clashes(session: Session, actor: Actor, question: Question) -> None:
    """Raise a Conflict that names everything in the way, if there is anything."""
    findings = look(session, question)
    if not findings.is_free:
        raise _conflict(session, actor, findings, question, _("Trùng lịch."))


def named_conflict(session: Session, actor: Actor, question: Question, message: str) -> Conflict:
    """Return the Conflict for what a fresh look finds."""
    return _conflict(session, actor, look(session, question), question, message)


def _conflict(
    session: Session, actor: Actor, findings: Findings, question: Question, message: str
) -> Conflict:
    details = {
        "conflicts": conflict_items(session, actor, findings),
        "alternatives": alternatives(session, actor, question),
    }
    return Conflict(message, details)


def write_plan(session: Session, actor: Actor, plan: Plan) -> Conference:
    """Add the rows of a new conference, flushed so that all have their ids."""
    organizer = organizer_of(actor)
    at = now()
    number = _next_id(session)
    request = plan.request
    conference = Conference(
        id=number,
        code=f"HN-{local(request.starts_at).year}-{number:04d}",
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
        organizer_name=organizer.name,
        organizer_email=organizer.email,
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


def _next_id(session: Session) -> int:
    """Return the id, hence the number, of the next conference; gaps are possible, repeats not."""
    if dialect_name(session) == "postgresql":
        name = func.pg_get_serial_sequence("conferencing_conference", "id")
        return int(session.execute(select(func.nextval(name))).scalar_one())
    return int(session.scalar(select(func.coalesce(func.max(Conference.id), 0))) or 0) + 1


def new_occurrence(dated: DatedOccurrence, status: str = "CONFIRMED") -> Occurrence:
    """Return the row of one dated occurrence."""
    return Occurrence(
        recurrence_id=dated.recurrence_id,
        starts_at=dated.interval.start,
        ends_at=dated.interval.end,
        status=status,
        sequence=0,
        is_moved=False,
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
