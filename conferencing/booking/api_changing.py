"""``PATCH``, ``DELETE`` and ``cancel`` of a conference."""

from dataclasses import replace
from typing import Annotated, Any, Final

from pydantic import Field
from sqlalchemy.orm import Session

from conferencing.access.services import require_change
from conferencing.api_names import api_names
from conferencing.booking.api import (
    Attendees,
    Priority,
    Rule,
    SiteChoice,
    Title,
    attendee_requests,
    site_codes,
)
from conferencing.booking.cancelling import cancel
from conferencing.booking.change_plan import occurrence_of, request_of
from conferencing.booking.changing import change
from conferencing.booking.requests import BookingRequest
from conferencing.booking.services import run_in_transaction
from conferencing.models import Conference, Occurrence
from conferencing.schemas import ConferenceAnswer, Type, conference_in_sight, to_schema
from hub.access.actor import Actor, current_actor
from hub.api import ApiModel, Instant, Text, keep_answer, operation, seen_by_caller

BOOK: Final = "conference.book"


class ConferenceChange(ApiModel):
    """What to change; members left out or null stay, ``rrule`` "" ends the repetition.

    Of a series that has begun, times and ``rrule`` are those of what remains; ``since`` names by
    its id the date from which on the change holds.
    """

    title: Title | None = None
    type: Type | None = None
    priority: Priority | None = None
    room: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    sites: SiteChoice | None = None
    attendees: Attendees | None = None
    rrule: Rule | None = None
    exdates: Annotated[list[Instant], Field(max_length=200)] | None = None
    agenda: Text | None = None
    reason: Text | None = None
    chair: Annotated[str, Field(max_length=160)] | None = None
    chair_site: Annotated[str, Field(max_length=80)] | None = None
    since: Annotated[int, Field(ge=1, le=2**53)] | None = None


class CancelBody(ApiModel):
    """Why; it is written into every letter."""

    reason: Annotated[str, Field(max_length=1000)] = ""


class CancelSeriesBody(CancelBody):
    """Why, and since which date by its id: that one and those after it; left out, all."""

    since: Annotated[int, Field(ge=1, le=2**53)] | None = None


class CancelQuery(ApiModel):
    """Why; it is written into every letter."""

    reason: Annotated[str, Field(max_length=1000)] = ""


_SAME: Final = frozenset(
    {"title", "type", "priority", "starts_at", "ends_at", "rrule", "agenda", "reason", "chair"}
)


def _changed(
    session: Session,
    actor: Actor,
    conference: Conference,
    body: ConferenceChange,
    since: Occurrence | None,
) -> BookingRequest:
    sent = {name for name in body.model_fields_set if getattr(body, name) is not None}
    values: dict[str, Any] = {name: getattr(body, name) for name in sent & _SAME}
    if body.room is not None:
        values["room_code"] = body.room
    if body.sites is not None:
        codes = site_codes(session, actor, body.sites)
        values["site_codes"] = codes
        values["chair_site"] = _chair_among(conference, codes)
    if body.chair_site is not None:
        values["chair_site"] = body.chair_site
    if body.attendees is not None:
        values["attendees"] = attendee_requests(body.attendees)
    if body.exdates is not None:
        values["exdates"] = tuple(body.exdates)
    if body.rrule == "":
        values["exdates"] = ()
    return replace(request_of(conference, since), **values)


def _chair_among(conference: Conference, codes: tuple[str, ...]) -> str:
    """The presiding site stays when it is still among the sites."""
    chair = next((row.site.code for row in conference.sites if row.role == "chair"), "")
    return chair if chair in codes else ""


@operation(
    "PATCH",
    "/conferences/<code:code>",
    tag="conferences",
    summary="Change a conference",
    capability=BOOK,
    response=ConferenceAnswer,
    body=ConferenceChange,
    own_transaction=True,
    errors=(409,),
)
def change_conference(code: str, body: ConferenceChange) -> ConferenceAnswer:
    """Who keeps an answer, who is asked again and who hears what follows from what changes.

    What was held stays as it was: when a change would touch it, the series is parted and the
    answer is the conference that follows (``follows`` names the first). Only the members that are
    sent change; two callers at once lose nothing of each other's.
    """
    actor, seen = current_actor(), seen_by_caller()

    def act(session: Session) -> Conference:
        conference = conference_in_sight(session, code)
        # What is merged into must be read behind the lock.
        require_change(session, actor, conference, seen)
        since = occurrence_of(conference, body.since) if body.since else None
        request = _changed(session, actor, conference, body, since)
        return change(session, actor, conference, request, since)

    with api_names():
        return to_schema(run_in_transaction(act, keep))


def keep(session: Session, conference: Conference) -> None:
    """Store the answer for the Idempotency-Key in the change's own transaction."""
    keep_answer(session, to_schema(conference), 200)


def _cancelled(
    session: Session, code: str, reason: str, since: int | None = None
) -> ConferenceAnswer:
    actor, conference = current_actor(), conference_in_sight(session, code)
    require_change(session, actor, conference, seen_by_caller())
    first = occurrence_of(conference, since) if since else None
    return to_schema(cancel(session, actor, conference, reason, first))


@operation(
    "POST",
    "/conferences/<code:code>/cancel",
    tag="conferences",
    summary="Cancel a conference",
    capability=BOOK,
    response=ConferenceAnswer,
    body=CancelSeriesBody,
    errors=(409,),
)
def cancel_conference(session: Session, code: str, body: CancelSeriesBody) -> ConferenceAnswer:
    """All dates that are not over are cancelled, or those since one; everybody hears it once.

    A conference of which a date was held, or is to be held before, stays CONFIRMED: its rule
    ends there.
    """
    return _cancelled(session, code, body.reason, body.since)


@operation(
    "DELETE",
    "/conferences/<code:code>",
    tag="conferences",
    summary="Cancel a conference (without a body)",
    capability=BOOK,
    response=ConferenceAnswer,
    query=CancelQuery,
    errors=(409,),
)
def delete_conference(session: Session, code: str, query: CancelQuery) -> ConferenceAnswer:
    """The same as ``cancel``: a conference people were invited to is never erased."""
    return _cancelled(session, code, query.reason)
