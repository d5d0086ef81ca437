"""The booking page as a whole: the form, the picker and the panel beside them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from functools import cached_property
from typing import Any, Final

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from conferencing.availability.queries import Question, first_free
from conferencing.booking.change_plan import plan_change
from conferencing.booking.check import Asked, Check, check
from conferencing.booking.forms import (
    ROLES,
    AttendeeRow,
    BookingDraft,
    read_draft,
    request_without_time,
    timed_request,
)
from conferencing.booking.plan import check_request, dated, priority_of
from conferencing.booking.repetition import RepeatFields, fields_of_rule
from conferencing.booking.requests import BookingRequest
from conferencing.booking.series import dates_after, open_rows, own_rows
from conferencing.booking.times import SEPARATOR, write_end
from conferencing.domain.errors import RecurrenceError
from conferencing.domain.interval import Interval
from conferencing.domain.series import SeriesDate
from conferencing.models import Conference, Occurrence, Room, Site
from conferencing.places.groups.queries import visible_groups
from conferencing.places.picker import Choice, Picker, build_picker
from conferencing.places.rooms.queries import usable_rooms
from conferencing.places.sites.bookable import bookable_sites
from conferencing.time_words import write_day, write_time
from hub.access.actor import Actor
from hub.addresses import readable_address
from hub.clock import local, now
from hub.contracts.sites import SiteCondition, site_conditions
from hub.errors import HubError, Invalid
from hub.ui.formats import date_vi, time_vi

# The hours in which offices work.
WORKING: Final = ((time(7), time(11, 30)), (time(13, 30), time(17)))

# What the panel speaks about; a title still to be typed is none of its business.
CHECKED: Final = frozenset({"starts_at", "ends_at", "room", "site_codes", "rrule", "moves"})


@dataclass(frozen=True, slots=True)
class Purpose:
    """What the form is for: a new conference, or one that exists, perhaps since one date."""

    action: str
    cancel: str
    conference: Conference | None = None
    since: Occurrence | None = None

    @property
    def rows(self) -> list[Occurrence]:
        """The dates there are that the form speaks of."""
        return open_rows(self.conference, self.since) if self.conference else []

    @property
    def is_part(self) -> bool:
        """Whether dates before those stay as they are."""
        return self.conference is not None and len(self.rows) < len(own_rows(self.conference))


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
        asked = Question((Interval(*span),), self.chosen) if span else None
        free = first_free(self.session, asked, self.rooms) if asked else None
        room = free or next(iter(self.rooms), None)
        self.draft.form.room.data = room.code if room else ""

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
        dates = _dates(self.draft, Interval(*span), self.purpose)
        question = self.question(tuple(one.interval for one in dates))
        asked = Asked(question, self.conditions, self._refusals(), dates)
        return check(self.session, self.actor, asked)

    def question(self, spans: tuple[Interval, ...]) -> Question:
        """Ask for what is chosen as saving would: own holds aside, set-up time by priority."""
        conference = self.purpose.conference
        ignored = conference.id if conference else None
        return Question(spans, self.chosen, self.room, ignored, self.is_buffered)

    @property
    def is_buffered(self) -> bool:
        """Whether set-up time would be held before it."""
        return priority_of(request_without_time(self.draft)) > 0

    def _refusals(self) -> list[str]:
        """Return what saving would refuse of time, room and sites before it looks for holds."""
        conference = self.purpose.conference
        host = conference.host_unit_id if conference else None
        try:
            request = replace(timed_request(self.draft, host), attendees=())
        except Invalid:
            request = replace(request_without_time(self.draft, host), attendees=())
        try:
            if conference is None:
                check_request(self.session, self.actor, request)
            else:
                plan_change(self.session, self.actor, conference, request, self.purpose.since)
        except Invalid as refusal:
            return [e.message for e in refusal.errors if e.field in self._told_while_typing()]
        except HubError as refusal:
            return [refusal.message]
        return []

    def _told_while_typing(self) -> frozenset[str]:
        # Whoever has only opened the form need not be told that no site is ticked yet.
        return CHECKED if self.draft.site_codes else CHECKED - {"site_codes"}

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

    def _drawn_time(self) -> str:
        form = self.draft.form
        return f"{form.starts.data}{SEPARATOR}{form.ends.data.strip()}" if self.draft.span() else ""

    def context(self) -> dict[str, Any]:
        """Return what the panel and the line under the time need."""
        return {
            "draft": self.draft,
            "form": self.draft.form,
            "check": self.checked(),
            "day_words": self.draft.day,
            "time_words": _working_hours_words(self.draft),
            "drawn_time": self._drawn_time(),
            "notices": self.notices,
            "taken": self.taken,
            "roles": ROLES,
            "repeats": RepeatFields,
        }


def _dates(draft: BookingDraft, first: Interval, purpose: Purpose) -> Sequence[SeriesDate]:
    alone = [SeriesDate(first.start, first)]
    try:
        request = timed_request(draft)
        if purpose.conference is not None:
            held = dates_after(purpose.rows, request).to_hold(now())
        else:
            held = tuple(SeriesDate(o.recurrence_id, o.interval) for o in dated(request)[0])
    except (Invalid, RecurrenceError):
        return alone
    return sorted(held, key=lambda one: one.interval.start) or alone


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
        ("ends", write_end(starts, ends)),
    ]
    values += [("sites", code) for code in request.site_codes]
    values += fields_of_rule(request.rrule, request.exdates)
    for attendee in request.attendees:
        row = AttendeeRow(readable_address(attendee.email), attendee.name, attendee.role)
        values += row.fields()
    return MultiDict(values)


def _working_hours_words(draft: BookingDraft) -> str:
    """Say how long it lasts and whether it lies in working hours."""
    span = draft.span()
    if span is None:
        return ""
    length = _length_words(span[1] - span[0])
    if span[0].date() != span[1].date():
        return _(
            "%(length)s, tới %(time)s %(day)s",
            length=length,
            time=time_vi(span[1]),
            day=date_vi(span[1], "long"),
        )
    inside = any(a <= span[0].time() and span[1].time() <= b for a, b in WORKING)
    working = span[0].weekday() < 5 and inside
    return f"{length}, {_('trong giờ hành chính') if working else _('ngoài giờ hành chính')}"


def _length_words(length: timedelta) -> str:
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    if not hours:
        return _("%(count)s phút", count=minutes)
    whole = _("%(count)s giờ", count=hours)
    return f"{whole} {_('%(count)s phút', count=minutes)}" if minutes else whole
