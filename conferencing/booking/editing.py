"""Editing a conference in the form: what the form does not show stays, and what somebody saved
meanwhile stands beside what was typed.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from flask_babel import gettext as _

from conferencing.booking.change_plan import request_of
from conferencing.booking.forms import BookingDraft, read_draft, requests_of
from conferencing.booking.page import BookingPage, form_values
from conferencing.booking.repetition import RepeatFields
from conferencing.booking.requests import AttendeeRequest, BookingRequest
from conferencing.domain.booking_rules import DEFAULT_PRIORITIES, ConferenceType
from conferencing.models import Conference
from hub.audit.queries import last_saved
from hub.ui.editing import BESIDES, BothVersions, Difference, differences, list_difference

TIME: Final = ("day", "starts", "ends")
REPEAT: Final = ("repeat", "interval", "weekdays", "bound", "count", "until", "exceptions")
# What is said in words of its own, and what is no word.
OWN_WORDS: Final = BESIDES | {*TIME, *REPEAT, "room", "sites", "attendees_text", "rule"}


def keep_unshown(
    conference: Conference, wanted: BookingRequest, shown: Collection[str]
) -> BookingRequest:
    """Return what an edit asks for, with what the form has no box for as it is.

    ``shown`` are the codes of the sites with a box; one that rests, or lies outside the editor's
    area, was not unticked by anybody. A priority that is only that of the type follows the type.
    """
    present = request_of(conference)
    unshown = [code for code in present.site_codes if code not in shown]
    site_codes = tuple(dict.fromkeys((*wanted.site_codes, *unshown)))
    usual = present.priority == DEFAULT_PRIORITIES[ConferenceType(present.type)]
    follows = usual and wanted.type != present.type
    return replace(
        wanted,
        site_codes=site_codes,
        priority=None if follows else present.priority,
        chair_site=present.chair_site if present.chair_site in site_codes else "",
        host_unit_id=present.host_unit_id,
        source_ref=present.source_ref,
        is_drill=present.is_drill,
    )


def present_beside(page: BookingPage, conference: Conference) -> BothVersions:
    """Return what is kept of a conference now beside what the form of the page says."""
    theirs, mine = read_draft(form_values(request_of(conference, page.purpose.since))), page.draft
    rows = [
        _time(mine, theirs),
        _room(page, theirs),
        _sites(page, conference, theirs),
        _guests(mine, theirs),
        _repetition(mine, theirs),
    ]
    return BothVersions(
        [*(row for row in rows if row), *differences(mine.form, theirs.form, OWN_WORDS)],
        page.purpose.cancel,
        last_saved(page.session, "conferencing:conference", conference.code),
    )


def _time(mine: BookingDraft, theirs: BookingDraft) -> Difference | None:
    if (mine.day, mine.starts, mine.ends) == (theirs.day, theirs.starts, theirs.ends):
        return None
    return Difference(_("Thời gian"), (_time_words(theirs),), (_time_words(mine),))


def _time_words(draft: BookingDraft) -> str:
    day, starts, ends = (draft.form[name].data or "?" for name in TIME)
    return f"{starts}–{ends}, {day}"


def _room(page: BookingPage, theirs: BookingDraft) -> Difference | None:
    codes = theirs.form.room.data, page.draft.form.room.data
    if codes[0] == codes[1]:
        return None
    names = {room.code: room.name for room in page.rooms}
    old, new = (names.get(code, code or "") for code in codes)
    return Difference(_("Phòng họp"), (old,), (new,))


def _sites(page: BookingPage, conference: Conference, theirs: BookingDraft) -> Difference | None:
    if set(page.draft.site_codes) == set(theirs.site_codes):
        return None
    names = {site.code: site.name for site in (*page.sites, *(r.site for r in conference.sites))}
    mine, kept = (
        [names.get(code, code) for code in draft.site_codes] for draft in (page.draft, theirs)
    )
    return list_difference(_("Điểm cầu"), mine, kept)


def _guests(mine: BookingDraft, theirs: BookingDraft) -> Difference | None:
    asked, kept = (requests_of(draft.attendees) for draft in (mine, theirs))
    if set(asked) == set(kept):
        return None
    return list_difference(_("Đại biểu"), _guest_words(asked), _guest_words(kept))


def _guest_words(people: Iterable[AttendeeRequest]) -> list[str]:
    return [f"{person.name} <{person.email}>" if person.name else person.email for person in people]


def _repetition(mine: BookingDraft, theirs: BookingDraft) -> Difference | None:
    asked, kept = _repeat_words(mine), _repeat_words(theirs)
    return None if asked == kept else list_difference(_("Lặp lại"), asked, kept)


def _repeat_words(draft: BookingDraft) -> list[str]:
    """What the boxes of the repetition say; of those that do not count, nothing."""
    form = draft.form
    repeat = form.repeat.data or ""
    words = [str(dict(RepeatFields.CHOICES).get(repeat, repeat))]
    if repeat == "custom":
        words.append(form.rule.data or "")
    elif repeat:
        bound = form.until if form.bound.data == "until" else form.count
        words += [f"{box.label.text}: {box.data}" for box in (form.interval, bound)]
    if repeat == "weekly":
        days = dict(RepeatFields.WEEKDAYS)
        words.append(", ".join(str(days[day]) for day in form.weekdays.data or () if day in days))
    if repeat and form.exceptions.data:
        words.append(f"{form.exceptions.label.text}: {form.exceptions.data}")
    return words
