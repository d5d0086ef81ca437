"""The timeline: rooms, ports and sites over a day or a week, drawn by the server."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing.blueprint import bp
from conferencing.booking.forms import TYPES
from conferencing.occurrences.days import Day, days_of, view_tabs
from conferencing.occurrences.queries import Filters, occurrences_between
from conferencing.time_words import parse_day
from conferencing.timeline.axis import Axis, View, day_span, make_axis
from conferencing.timeline.rows import RowMaker, Wanted, spans_of
from hub.access import current_actor, requires
from hub.access.actor import Actor
from hub.clock import local, now
from hub.db import read_session

KEPT: Final = ("view", "open", "rows", "mine", "type")


@bp.get("/timeline")
@requires("conference.view")
def timeline() -> str:
    """Show who uses what when, in the actor's area."""
    session, actor = read_session(), current_actor()
    today = local(now()).date()
    day = parse_day(request.args.get("date", ""), today) or today
    view: View = "day" if request.args.get("view") == "day" else "week"
    wanted = Wanted(
        open_unit=request.args.get("open", ""),
        only_busy=request.args.get("rows") != "all",
        only_mine=request.args.get("mine") == "1",
        type=request.args.get("type", ""),
    )
    axis, days = _axis_and_days(session, actor, view, day, today)
    return render_template(
        "conferencing/timeline.html",
        axis=axis,
        scale=json.dumps(axis.for_script()),
        rows=RowMaker(session, actor, axis, wanted).make(),
        wanted=wanted,
        day=day,
        today=today,
        days=days,
        now_place=axis.moment(now()),
        title=_title(view, day),
        links=_links(view, day, today),
        tabs=view_tabs(view, day),
        filters=_filters(wanted),
        types=_type_links(wanted),
        url_with=url_with,
    )


def _axis_and_days(
    session: Session, actor: Actor, view: View, day: date, today: date
) -> tuple[Axis, list[Day]]:
    monday = day - timedelta(days=day.weekday())
    week = day_span(monday, 7)
    rows = occurrences_between(session, actor, week.start, week.end, Filters())
    shown = [r for r in rows if view == "week" or local(r.starts_at).date() == day]
    axis = make_axis(view, day, today, spans_of(shown))
    return axis, days_of(rows, [monday + timedelta(days=i) for i in range(7)], today)


def url_with(**changes: str | None) -> str:
    """Return this page's address with some parts changed; None drops a part."""
    args: dict[str, Any] = {k: v for k, v in request.args.items() if k in (*KEPT, "date")}
    args.update(changes)
    return url_for("conferencing.timeline", **{k: v for k, v in args.items() if v})


def _title(view: View, day: date) -> Mapping[str, Any]:
    monday = day - timedelta(days=day.weekday())
    return {
        "week": day.isocalendar().week,
        "first": day if view == "day" else monday,
        "last": day if view == "day" else monday + timedelta(days=6),
        "view": view,
    }


def _links(view: View, day: date, today: date) -> dict[str, str]:
    step = timedelta(days=1 if view == "day" else 7)
    return {
        "previous": url_with(date=(day - step).isoformat()),
        "today": url_with(date=today.isoformat()),
        "next": url_with(date=(day + step).isoformat()),
    }


def _filters(wanted: Wanted) -> list[dict[str, Any]]:
    return [
        {
            "label": _("Chỉ dòng có lịch"),
            "url": url_with(rows="all" if wanted.only_busy else None),
            "current": wanted.only_busy,
        },
        {
            "label": _("Chỉ của tôi"),
            "url": url_with(mine=None if wanted.only_mine else "1"),
            "current": wanted.only_mine,
        },
    ]


def _type_links(wanted: Wanted) -> list[dict[str, Any]]:
    every = {"label": _("tất cả"), "url": url_with(type=None), "current": not wanted.type}
    return [
        every,
        *(
            {"label": label, "url": url_with(type=value), "current": value == wanted.type}
            for value, label in TYPES
        ),
    ]
