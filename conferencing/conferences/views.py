"""The list of conferences and the page of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from conferencing.access.queries import visible_to
from conferencing.blueprint import bp
from conferencing.conferences.page import page_of
from conferencing.domain.states import DisplayState
from conferencing.invitations.calendar_file import calendar_file
from conferencing.models import Conference, ConferenceSite, Occurrence
from conferencing.occurrences.queries import conference_by_code
from conferencing.occurrences.services import state_now
from hub.access import current_actor, requires
from hub.access.actor import Actor
from hub.clock import now
from hub.cursors import read_cursor, write_cursor
from hub.db import read_session
from hub.text import fold

When = Literal["upcoming", "past", "mine", "cancelled"]


@dataclass(frozen=True, slots=True)
class ConferenceRow:
    """A conference with the date that puts it into the list, and its answers so far."""

    conference: Conference
    occurrence: Occurrence
    sites: int
    accepted: int
    declined: int
    waiting: int
    dates: int


def conference_list(
    session: Session, actor: Actor, when: When, text: str, offset: int, limit: int
) -> tuple[list[ConferenceRow], dict[When, int]]:
    """Return a page of rows, and how many conferences each list has for this text."""
    at = now()
    base = [visible_to(actor), *_matches(text)]
    kinds: tuple[When, ...] = ("upcoming", "past", "mine", "cancelled")
    counts: dict[When, int] = {
        kind: int(
            session.scalar(
                select(func.count()).select_from(Conference).where(*base, _belongs(kind, actor, at))
            )
            or 0
        )
        for kind in kinds
    }
    dates = _dates(when, at).subquery()
    backwards = when in ("past", "cancelled")
    order = dates.c.starts_at.desc() if backwards else dates.c.starts_at
    query = (
        select(Conference)
        .join(dates, dates.c.conference_id == Conference.id)
        .where(*base, _belongs(when, actor, at))
        .order_by(order, Conference.id)
        .offset(offset)
        .limit(limit)
    )
    found = session.scalars(query).all()
    return _rows(session, found, backwards, at), counts


def _matches(text: str) -> list[ColumnElement[bool]]:
    return [
        or_(
            Conference.title_fold.contains(word, autoescape=True),
            func.lower(Conference.code).contains(word, autoescape=True),
        )
        for word in fold(text).split()
    ]


def _belongs(when: When, actor: Actor, at: datetime) -> ColumnElement[bool]:
    # An exists of its own, so that a series counts once however many dates it has.
    ahead = (
        select(Occurrence.id)
        .where(
            Occurrence.conference_id == Conference.id,
            Occurrence.status != "CANCELLED",
            Occurrence.ends_at > at,
            Occurrence.ended_at.is_(None),
        )
        .exists()
    )
    held = Conference.status != "CANCELLED"
    match when:
        case "upcoming":
            return held & ahead
        case "past":
            return held & ~ahead
        case "mine":
            return Conference.organizer_id == (actor.user_id or 0)
        case "cancelled":
            return Conference.status == "CANCELLED"


def _dates(when: When, at: datetime) -> Select[tuple[int, datetime]]:
    """Return by conference the date that orders the list: the next one, or the last."""
    query = select(Occurrence.conference_id)
    if when == "upcoming":
        query = query.where(Occurrence.status != "CANCELLED", Occurrence.ends_at > at)
        return query.add_columns(func.min(Occurrence.starts_at).label("starts_at")).group_by(
            Occurrence.conference_id
        )
    return query.add_columns(func.max(Occurrence.starts_at).label("starts_at")).group_by(
        Occurrence.conference_id
    )


def _rows(
    session: Session, conferences: Sequence[Conference], backwards: bool, at: datetime
) -> list[ConferenceRow]:
    ids = [conference.id for conference in conferences]
    dates: dict[int, list[Occurrence]] = {}
    query = select(Occurrence).where(Occurrence.conference_id.in_(ids))
    for occurrence in session.scalars(query.order_by(Occurrence.starts_at)):
        dates.setdefault(occurrence.conference_id, []).append(occurrence)
    answers = _answers(session, ids)
    rows = []
    for conference in conferences:
        own = dates[conference.id]
        held = [o for o in own if o.status != "CANCELLED"] or own
        ahead = [o for o in held if o.ends_at > at and o.ended_at is None]
        shown = ahead[0] if ahead and not backwards else held[-1]
        counted = answers.get(conference.id, {})
        rows.append(
            ConferenceRow(
                conference,
                shown,
                sites=sum(counted.values()),
                accepted=counted.get("ACCEPTED", 0) + counted.get("TENTATIVE", 0),
                declined=counted.get("DECLINED", 0),
                waiting=counted.get("NEEDS-ACTION", 0),
                dates=len(own),
            )
        )
    return rows


def _answers(session: Session, conference_ids: list[int]) -> dict[int, dict[str, int]]:
    query = (
        select(ConferenceSite.conference_id, ConferenceSite.partstat, func.count())
        .where(ConferenceSite.conference_id.in_(conference_ids))
        .group_by(ConferenceSite.conference_id, ConferenceSite.partstat)
    )
    found: dict[int, dict[str, int]] = {}
    for conference_id, partstat, count in session.execute(query):
        found.setdefault(conference_id, {})[partstat] = count
    return found


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
    place = read_cursor(request.args.get("cursor", ""), 1)
    offset = place[0] if place else 0
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
    cursor = write_cursor([offset]) if offset else None
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
