"""The month as a grid, and the agenda: conferences by the day, found, narrowed and printed."""

from calendar import Calendar
from datetime import date, timedelta
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from conferencing.blueprint import bp
from conferencing.booking.forms import TYPES
from conferencing.occurrences.days import Day, days_of, view_tabs
from conferencing.occurrences.queries import Filters, occurrences_between
from conferencing.places.rooms.queries import usable_rooms
from conferencing.places.sites.queries import visible_sites
from conferencing.time_words import parse_day
from conferencing.timeline.axis import day_span
from hub.access import current_actor, requires
from hub.clock import local, now
from hub.db import read_session

SHOWN_PER_DAY: Final = 4
# A search looks this far ahead, so that "the next one" is found without turning weeks.
SEARCH_DAYS: Final = 180


def _asked_day() -> tuple[date, date]:
    today = local(now()).date()
    return parse_day(request.args.get("date", ""), today) or today, today


@bp.get("/calendar")
@requires("conference.view")
def calendar() -> ResponseReturnValue:
    """Show a month; a week is the timeline's."""
    day, today = _asked_day()
    if request.args.get("view") == "week":
        return redirect(url_for("conferencing.timeline", date=day.isoformat()))
    weeks = Calendar().monthdatescalendar(day.year, day.month)
    span = day_span(weeks[0][0], 7 * len(weeks))
    rows = occurrences_between(read_session(), current_actor(), span.start, span.end, Filters())
    days = days_of(rows, [d for week in weeks for d in week], today)
    first, last = _neighbours(day)
    return render_template(
        "conferencing/calendar.html",
        weeks=[days[i : i + 7] for i in range(0, len(days), 7)],
        day=day,
        today=today,
        total=sum(len(d.entries) for d in days if d.day.month == day.month),
        shown=SHOWN_PER_DAY,
        days=_week_of(days, day),
        tabs=view_tabs("month", day),
        links={
            "previous": url_for("conferencing.calendar", date=first.isoformat()),
            "today": url_for("conferencing.calendar"),
            "next": url_for("conferencing.calendar", date=last.isoformat()),
        },
    )


def _week_of(days: list[Day], day: date) -> list[Day]:
    return [d for d in days if d.day.isocalendar()[:2] == day.isocalendar()[:2]]


def _neighbours(day: date) -> tuple[date, date]:
    before = day.replace(day=1) - timedelta(days=1)
    after = day.replace(day=28) + timedelta(days=4)
    return before.replace(day=1), after.replace(day=1)


@bp.get("/agenda")
@requires("conference.view")
def agenda() -> str:
    """List a week by the day, or what a search finds from the day on."""
    session, actor = read_session(), current_actor()
    day, today = _asked_day()
    filters = _filters()
    is_search = bool(filters.text)
    first = day if is_search else day - timedelta(days=day.weekday())
    length = SEARCH_DAYS if is_search else 7
    span = day_span(first, length)
    rows = occurrences_between(session, actor, span.start, span.end, filters)
    days = days_of(rows, [first + timedelta(days=i) for i in range(length)], today)
    return render_template(
        "conferencing/agenda.html",
        days=[d for d in days if d.entries] if is_search or _is_narrowed(filters) else days,
        week_days=[] if is_search else days,
        day=day,
        today=today,
        first=first,
        last=first + timedelta(days=length - 1),
        total=len(rows),
        filters=filters,
        is_search=is_search,
        rooms=usable_rooms(session, actor),
        types=TYPES,
        site=_site_name(filters.site_code),
        tabs=view_tabs("list", day),
        links=_week_links(day),
    )


def _filters() -> Filters:
    given = request.args
    return Filters(
        text=given.get("q", "").strip()[:100],
        type=given.get("type", ""),
        room_code=given.get("room", ""),
        site_code=given.get("site", ""),
        mine=given.get("mine") == "1",
    )


def _is_narrowed(filters: Filters) -> bool:
    return bool(filters.type or filters.room_code or filters.site_code or filters.mine)


def _site_name(code: str) -> str:
    if not code:
        return ""
    sites = visible_sites(read_session(), current_actor())
    return next((site.name for site in sites if site.code == code), code)


def _week_links(day: date) -> dict[str, str]:
    kept: dict[str, Any] = {
        name: request.args[name]
        for name in ("type", "room", "site", "mine")
        if request.args.get(name)
    }

    def link(at: date | None) -> str:
        return url_for("conferencing.agenda", date=at.isoformat() if at else None, **kept)

    week = timedelta(days=7)
    return {"previous": link(day - week), "today": link(None), "next": link(day + week)}
