"""The booking page as a whole: the form, the picker and the panel beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Any, Final

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from conferencing.availability.queries import Question, check_availability
from conferencing.booking.check import Asked, Check, check
from conferencing.booking.forms import (
    ROLES,
    AttendeeRow,
    BookingDraft,
    RepeatFields,
    booking_request,
    fields_of_rule,
    read_draft,
)
from conferencing.booking.plan import dated
from conferencing.booking.requests import BookingRequest
from conferencing.booking.series import spans_after
from conferencing.domain.errors import RecurrenceError
from conferencing.domain.interval import Interval
from conferencing.models import Conference, Room, Site
from conferencing.places.groups.queries import visible_groups
from conferencing.places.picker import Choice, Picker, build_picker
from conferencing.places.rooms.queries import usable_rooms
from conferencing.places.sites.bookable import bookable_sites
from conferencing.time_words import write_day, write_time
from hub.access.actor import Actor
from hub.clock import local
from hub.contracts.sites import SiteCondition, site_conditions
from hub.errors import Invalid

# The hours in which offices work.
WORKING: Final = ((time(7), time(11, 30)), (time(13, 30), time(17)))


@dataclass(frozen=True, slots=True)
class Purpose:
    """What the form is for: a new conference, or one that exists."""

    action: str
    cancel: str
    conference: Conference | None = None


@dataclass
class BookingPage:
    """What the page is made of; places are read once, and only when something shows them."""

    session: Session
    actor: Actor
    purpose: Purpose
    draft: BookingDraft
    search: str = ""
    open_unit: str = ""
    notices: list[tuple[str, str]] = field(default_factory=list)
    taken: int = 0

    @cached_property
    def sites(self) -> list[Site]:
        """The sites that may be invited."""
        return bookable_sites(self.session, self.actor)

    @cached_property
    def rooms(self) -> list[Room]:
        """The rooms that may be chosen, and the one that the conference has already."""
        rooms = usable_rooms(self.session, self.actor)
        own = self.purpose.conference.room if self.purpose.conference else None
        return rooms if own is None or own in rooms else [own, *rooms]

    @cached_property
    def conditions(self) -> Mapping[str, SiteCondition]:
        """What is known of the power and the line of those sites."""
        return site_conditions(self.session, [site.code for site in self.sites])

    def note_clash(self, taken: int, notes: Iterable[tuple[str, str]]) -> None:
        """Put on top that so many places are taken, and by whom."""
        self.taken = taken
        self.draft.problems += notes

    @property
    def room(self) -> Room | None:
        """The room chosen, when it is one of those offered."""
        return next((r for r in self.rooms if r.code == self.draft.form.room.data), None)

    @property
    def chosen(self) -> tuple[Site, ...]:
        """The ticked sites, in the order of the picker."""
        codes = set(self.draft.site_codes)
        return tuple(site for site in self.sites if site.code in codes)

    def choose_free_room(self) -> None:
        """Choose the first room that is free at the time, else the first."""
        span = self.draft.span()
        spans = (Interval(*span),) if span else ()
        is_free = (r.code for r in self.rooms if spans and self._is_free(r, spans))
        first = self.rooms[0].code if self.rooms else ""
        self.draft.form.room.data = next(is_free, first)

    def _is_free(self, room: Room, spans: tuple[Interval, ...]) -> bool:
        return check_availability(self.session, Question(spans, self.chosen, room)).is_free

    def picker(self) -> Picker:
        """Return the site picker."""
        groups = visible_groups(self.session, self.actor)
        chosen = frozenset(self.draft.site_codes)
        choice = Choice(chosen, self.conditions, self.search, self.open_unit)
        return build_picker(self.sites, groups, choice)

    def checked(self) -> Check | None:
        """Return the panel, or None while no time is given."""
        span = self.draft.span()
        if span is None or not (self.room or self.chosen):
            return None
        conference = self.purpose.conference
        spans = tuple(_spans(self.draft, Interval(*span), conference))
        ignored = conference.id if conference else None
        question = Question(spans, self.chosen, self.room, ignored)
        return check(self.session, self.actor, Asked(question, self.conditions))

    def render(self, status: int = 200) -> tuple[str, int]:
        """Draw the page with everything that was typed still there."""
        page = render_template(
            "conferencing/booking.html",
            **self.context(),
            picker=self.picker(),
            purpose=self.purpose,
            rooms=self.rooms,
        )
        return page, status

    def context(self) -> dict[str, Any]:
        """Return what the panel and the line under the time need."""
        return {
            "draft": self.draft,
            "form": self.draft.form,
            "check": self.checked(),
            "day_words": self.draft.day,
            "time_words": _working_hours_words(self.draft),
            "notices": self.notices,
            "taken": self.taken,
            "roles": ROLES,
            "repeats": RepeatFields,
        }


def _spans(
    draft: BookingDraft, first: Interval, conference: Conference | None
) -> Iterable[Interval]:
    try:
        request = booking_request(draft)
        if conference is not None:
            return sorted(spans_after(conference, request), key=attrgetter("start")) or [first]
        occurrences, _excepted, _rule = dated(request)
    except (Invalid, RecurrenceError):
        return [first]
    return [o.interval for o in occurrences]


def load_page(
    session: Session, actor: Actor, purpose: Purpose, posted: MultiDict[str, str]
) -> BookingPage:
    """Return the page for what was posted (or prefilled)."""
    return BookingPage(
        session,
        actor,
        purpose,
        read_draft(posted),
        search=posted.get("find", "").strip(),
        open_unit=posted.get("open_unit", ""),
    )


def form_values(request: BookingRequest) -> MultiDict[str, str]:
    """Return the form that asks for what a conference already is."""
    starts, ends = local(request.starts_at), local(request.ends_at)
    values = [
        ("title", request.title),
        ("type", request.type),
        ("chair", request.chair),
        ("agenda", request.agenda),
        ("reason", request.reason),
        ("room", request.room_code),
        ("day", write_day(starts.date())),
        ("starts", write_time(starts.time())),
        ("ends", write_time(ends.time())),
    ]
    values += [("sites", code) for code in request.site_codes]
    values += fields_of_rule(request.rrule, request.exdates)
    for attendee in request.attendees:
        row = AttendeeRow(attendee.email, attendee.name, attendee.role)
        values += attendee_values(row)
    return MultiDict(values)


def attendee_values(row: AttendeeRow) -> list[tuple[str, str]]:
    """Return a row as it is posted."""
    return [
        ("attendee_email", row.email),
        ("attendee_name", row.name),
        ("attendee_role", row.role),
    ]


def _working_hours_words(draft: BookingDraft) -> str:
    """Say how long it lasts and whether it lies in working hours."""
    span = draft.span()
    if span is None:
        return ""
    length = _length_words(span[1] - span[0])
    inside = any(a <= span[0].time() and span[1].time() <= b for a, b in WORKING)
    working = span[0].weekday() < 5 and inside
    return f"{length}, {_('trong giờ hành chính') if working else _('ngoài giờ hành chính')}"


def _length_words(length: timedelta) -> str:
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    if not hours:
        return _("%(count)s phút", count=minutes)
    whole = _("%(count)s giờ", count=hours)
    return f"{whole} {_('%(count)s phút', count=minutes)}" if minutes else whole
