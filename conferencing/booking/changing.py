"""Changing a conference: who keeps an answer, who is asked again, who hears what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from conferencing.access.services import require_alive, require_change
from conferencing.availability.queries import Question
from conferencing.booking.change_plan import (
    by_code,
    is_parted,
    occurrence_of,
    plan_change,
    require_ahead,
)
from conferencing.booking.people import Leavers, leavers_of, set_people
from conferencing.booking.plan import Plan
from conferencing.booking.requests import BookingRequest
from conferencing.booking.series import open_rows, settled_by, write_dates
from conferencing.booking.services import refuse_clashes, run_in_transaction
from conferencing.booking.splitting import has_other_words, split, words_of
from conferencing.domain.changes import (
    Aspect,
    ConferenceRevision,
    RevisionChange,
    compare,
    next_sequence,
)
from conferencing.domain.changes import sites_to_ask_again as to_ask_again
from conferencing.domain.interval import Interval
from conferencing.domain.recurrence import rule_of_count, rule_since
from conferencing.domain.series import Settlement
from conferencing.history import note_change
from conferencing.holds import services as holds
from conferencing.invitations.letter_words import About, dates_ahead
from conferencing.invitations.services import (
    Recipient,
    heard_of,
    recipients,
    withdraw_letters,
    write_corrections,
    write_letters,
)
from conferencing.models import Conference, Occurrence
from conferencing.revisions import compared_revision, refresh_fragment
from hub.access.actor import Actor
from hub.clock import now
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


OCCUPANCY = frozenset({Aspect.TIME, Aspect.RECURRENCE, Aspect.ROOM, Aspect.SITES})


def change(
    session: Session,
    actor: Actor,
    conference: Conference,
    request: BookingRequest,
    since: Occurrence | None = None,
) -> Conference:
    """Make the conference as requested; nothing is written or sent when nothing differs.

    What has been held is history: the request speaks of the dates since ``since``, or of those
    that have not begun. When those before would change with them, the series is parted, and the
    conference returned is the one that follows. ``host_unit_id``, ``source_ref`` and
    ``is_drill`` of the request are not looked at.

    Raises:
        Invalid, NotFound, NotAllowed, Conflict: as in booking; nobody is invited to the past.
        TakenMeanwhile: somebody else was faster; the transaction cannot go on.
    """
    require_change(session, actor, conference)
    require_alive(conference)
    require_ahead(conference, since)
    plan = plan_change(session, actor, conference, request, since)
    rows = open_rows(conference, since)
    if is_parted(conference, rows, plan, since):
        return _change_following(session, actor, conference, rows, plan)
    settlement = settled_by(rows, plan)
    before, was = compared_revision(conference), _first_span(conference)
    leavers = leavers_of(conference, plan)
    _take_leave(session, conference, leavers)
    words_changed = _write_plan(session, conference, rows, plan, settlement, leavers)
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


def _change_following(
    session: Session,
    actor: Actor,
    conference: Conference,
    rows: Sequence[Occurrence],
    plan: Plan,
) -> Conference:
    settlement = settled_by(rows, plan)
    was, leavers = holds.span_of(_first_held(rows)), leavers_of(conference, plan)
    leaving = recipients(conference, leavers.sites, leavers.people)
    following = split(session, conference, rows)
    before = compared_revision(following)
    gone = leavers_of(following, plan)
    _write_plan(session, following, rows, plan, settlement, gone)
    after = compared_revision(following)
    change_ = compare(before, after)
    _ask_again(following, change_)
    _hold_again(session, actor, following, change_)
    _tell_parting(session, conference, following, leaving, Parting(was, change_))
    detail = {**detail_of(change_), **before_and_after(before, after)}
    note_change(session, actor, conference, "continued", {"continued_by": following.code})
    detail["follows"] = conference.code
    note_change(session, actor, following, "followed", detail, leavers.unit_ids)
    return following


def _write_plan(
    session: Session,
    conference: Conference,
    rows: Sequence[Occurrence],
    plan: Plan,
    settlement: Settlement,
    leavers: Leavers,
) -> bool:
    """Make the rows what is planned; return whether any word changed."""
    words_changed = _set_words(conference, plan)
    set_people(conference, plan, leavers)
    conference.room = plan.room
    earlier = [o for o in conference.occurrences if o not in rows]
    kept = [o for o in earlier if o.recurrence_id >= conference.starts_at]
    write_dates(session, conference, settlement)
    if any(o.status != "CANCELLED" for o in kept):
        conference.rrule = _whole_rule(conference, plan, len(kept))
        return words_changed
    conference.starts_at, conference.ends_at = plan.request.starts_at, plan.request.ends_at
    conference.rrule = plan.rrule
    return words_changed


def _whole_rule(conference: Conference, plan: Plan, earlier: int) -> str:
    """Return the rule of a series of which a plan is only what remains."""
    if not plan.rrule:
        return rule_of_count(conference.rrule, earlier + 1)
    return rule_since(plan.rrule, -earlier)


def _set_words(conference: Conference, plan: Plan) -> bool:
    differs = has_other_words(conference, plan)
    for name, value in words_of(plan).items():
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
    write_corrections(session, conference, "removed", to)


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
    write_corrections(session, conference, "changed", rest, About(was=old, changed=change_.aspects))


@dataclass(frozen=True, slots=True)
class Parting:
    """What differs between a series and the one that follows it: the first time, and the rest."""

    was: Interval
    change: RevisionChange


def _tell_parting(
    session: Session,
    conference: Conference,
    following: Conference,
    leaving: Sequence[Recipient],
    parting: Parting,
) -> None:
    """Tell of both halves: calendars must end the one and begin the other."""
    session.flush()
    refresh_fragment(conference)
    refresh_fragment(following)
    withdraw_letters(session, conference)
    heard, gone = heard_of(session, conference), {to.key for to in leaving}
    write_corrections(session, conference, "removed", leaving, About(others_stay=True))
    knowing = [to for to in recipients(conference) if to.key in heard - gone]
    write_letters(session, conference, "continued", knowing, About(followed_by=following))
    old = parting.was if parting.was != _first_span(following) else None
    about = About(was=old, changed=parting.change.aspects)
    everybody = recipients(following)
    told = [to for to in everybody if to.key in heard]
    write_letters(session, following, "changed", told, about)
    new = [to for to in everybody if to.key not in heard]
    write_letters(session, following, "booked", new)


def _first_held(rows: Sequence[Occurrence]) -> Occurrence:
    held = [o for o in rows if o.status != "CANCELLED"]
    return min(held or rows, key=lambda o: o.starts_at)


def _first_span(conference: Conference) -> Interval:
    return holds.span_of(dates_ahead(conference)[0])


def change_in_transaction(
    actor: Actor,
    code: str,
    request: BookingRequest,
    seen: Seen = None,
    *,
    since: int | None = None,
) -> Conference:
    """Change from an edge: the conference by its code, in a transaction of its own.

    ``since`` is the id of the date from which on the request holds.

    Raises:
        Stale: it was changed since the version that the request was made from.
    """

    def act(session: Session) -> Conference:
        conference = by_code(session, code)
        require_change(session, actor, conference, seen)
        first = occurrence_of(conference, since) if since else None
        return change(session, actor, conference, request, first)

    return run_in_transaction(act)
