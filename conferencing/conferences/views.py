"""The list of conferences and the page of one."""

from typing import Any, Final

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from conferencing.blueprint import bp
from conferencing.conferences.page import page_of
from conferencing.conferences.queries import ConferenceRow, When, conference_list
from conferencing.domain.states import DisplayState
from conferencing.invitations.calendar_file import calendar_file
from conferencing.occurrences.queries import conference_by_code
from conferencing.occurrences.services import state_now
from hub.accounts import current_actor, requires
from hub.db import read_session
from hub.http import decode_cursor, encode_cursor

LISTS: Final[tuple[When, ...]] = ("upcoming", "past", "mine", "cancelled")
PAGE_ROWS: Final = 50


@bp.get("/conferences")
@requires("conference.view")
def list_conferences() -> str:
    """Show conferences by their next date, narrowed by list and text."""
    actor, session = current_actor(), read_session()
    asked = request.args.get("when", "")
    when: When = next((name for name in LISTS if name == asked), "upcoming")
    text = request.args.get("q", "")[:80]
    offset = max(decode_cursor(request.args.get("cursor")) or 0, 0)
    rows, counts = conference_list(session, actor, when, text, offset, PAGE_ROWS + 1)
    return render_template(
        "conferencing/conferences.html",
        rows=[(row, state_of_row(row)) for row in rows[:PAGE_ROWS]],
        when=when,
        text=text,
        filters=_filters(when, text, counts),
        next_url=_page_url(when, text, offset + PAGE_ROWS) if len(rows) > PAGE_ROWS else None,
        previous_url=_page_url(when, text, offset - PAGE_ROWS) if offset >= PAGE_ROWS else None,
    )


def state_of_row(row: ConferenceRow) -> DisplayState:
    """Return the state of the date that a row shows."""
    if row.conference.status == "CANCELLED":
        return DisplayState.CANCELLED
    return state_now(row.occurrence)


def _page_url(when: str, text: str, offset: int) -> str:
    cursor = encode_cursor(offset) if offset else None
    return url_for("conferencing.list_conferences", when=when, q=text or None, cursor=cursor)


def _filters(when: When, text: str, counts: dict[When, int]) -> list[dict[str, Any]]:
    labels: dict[When, str] = {
        "upcoming": _("Sắp tới"),
        "past": _("Đã qua"),
        "mine": _("Tôi tổ chức"),
        "cancelled": _("Đã hủy"),
    }
    return [
        {
            "label": label,
            "url": _page_url(name, text, 0),
            "current": name == when,
            "count": counts[name],
        }
        for name, label in labels.items()
    ]


@bp.get("/conferences/<code>")
@requires("conference.view")
def show_conference(code: str) -> str:
    """Show one conference; outside the actor's area it does not exist."""
    session, actor = read_session(), current_actor()
    conference = conference_by_code(session, actor, code)
    page = page_of(session, actor, conference, request.args)
    return render_template("conferencing/conference.html", page=page)


@bp.get("/conferences/<code>/print")
@requires("conference.view")
def print_conference(code: str) -> str:
    """Show everything about one conference on paper."""
    session, actor = read_session(), current_actor()
    conference = conference_by_code(session, actor, code)
    page = page_of(session, actor, conference, request.args)
    return render_template("conferencing/conference_print.html", page=page)


@bp.get("/conferences/<code>.ics")
@requires("conference.view")
def conference_calendar(code: str) -> Response:
    """Give the conference as a calendar file."""
    return calendar_file(conference_by_code(read_session(), current_actor(), code))
