"""This half's part of the home page: today, what waits for an answer, how the sites are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.availability.day_scale import DayScale
from conferencing.domain.interval import Interval
from conferencing.domain.states import DisplayState
from conferencing.models import ConferenceSite, Site
from conferencing.occurrences.days import Entry, days_of, entries_of
from conferencing.occurrences.queries import Filters, OccurrenceRow, occurrences_between, unanswered
from conferencing.places.sites.queries import visible_sites
from conferencing.timeline.axis import Axis, DayColumn, Place, day_span
from hub.access.actor import Actor
from hub.clock import local, now
from hub.contracts.sites import SiteCondition, site_conditions

SOON: Final = timedelta(days=3)
AHEAD_DAYS: Final = 14
WIDE_ENOUGH: Final = 60
CONDITIONS: Final = ("ok", "power_lost", "line_lost", "unknown")


@dataclass(frozen=True, slots=True)
class Ribbon:
    """The hours of today and what fills them."""

    axis: Axis
    blocks: Sequence[tuple[Place, Entry, bool]]
    now_place: Place | None

    @property
    def hours(self) -> list[tuple[Place, int]]:
        """The hours written above."""
        column = self.axis.columns[0]
        step = 10 / (column.hours.last - column.hours.first)
        return [
            (Place(round(column.hours.at_hour(hour) * 10), max(1, round(step))), hour)
            for hour in column.hours.hours
        ]


def today_panel(session: Session, actor: Actor) -> Mapping[str, Any]:
    """Today's conferences in order; with none, the next ones."""
    today = local(now()).date()
    monday = today - timedelta(days=today.weekday())
    week = day_span(monday, 7)
    rows = occurrences_between(session, actor, week.start, week.end, Filters())
    days = days_of(rows, [monday + timedelta(days=i) for i in range(7)], today)
    entries = days[today.weekday()].entries
    troubles = _troubles(session, actor, [entry.row for entry in entries])
    return {
        "today_entries": entries,
        "next_entries": _next(session, actor, today) if _wants_next(entries) else (),
        "ribbon": _ribbon(today, entries),
        "troubles": troubles,
        "days": days,
        "day": today,
        "next_step": next_step,
        "meta": _(
            "%(count)s hội nghị hôm nay · tuần %(week)s", count=len(entries), week=_week(today)
        ),
        "strips": _strips(troubles),
        "actions": _actions(actor),
    }


def _week(day: date) -> int:
    return day.isocalendar().week


def _wants_next(entries: Sequence[Entry]) -> bool:
    return all(entry.is_over for entry in entries)


def _next(session: Session, actor: Actor, today: date) -> Sequence[Entry]:
    span = day_span(today + timedelta(days=1), AHEAD_DAYS)
    return entries_of(occurrences_between(session, actor, span.start, span.end, Filters(), 5))


def _ribbon(today: date, entries: Sequence[Entry]) -> Ribbon:
    spans = [Interval(entry.row.starts_at, entry.row.ends_at) for entry in entries]
    axis = Axis("day", (DayColumn(DayScale.around(today, spans), 0.0, 1.0, True),))
    placed = [(axis.place(span), entry) for span, entry in zip(spans, entries, strict=True)]
    blocks = [(p, entry, p.width >= WIDE_ENOUGH) for p, entry in placed if p is not None]
    return Ribbon(axis, blocks, axis.moment(now()))


def _troubles(
    session: Session, actor: Actor, rows: Sequence[OccurrenceRow]
) -> Mapping[int, Sequence[SiteCondition]]:
    """Return the doubtful sites of each conference that is not over yet."""
    ahead = {row.conference_id for row in rows if row.ends_at > now()}
    if not ahead:
        return {}
    pairs = session.execute(
        select(ConferenceSite.conference_id, Site.code)
        .join(Site, Site.id == ConferenceSite.site_id)
        .where(ConferenceSite.conference_id.in_(ahead), actor.scope.clause(Site.unit_id))
    ).all()
    known = site_conditions(session, sorted({code for _id, code in pairs}))
    found: dict[int, list[SiteCondition]] = {}
    for conference_id, code in pairs:
        if (condition := known.get(code)) and condition.is_doubtful:
            found.setdefault(conference_id, []).append(condition)
    return found


def _strips(troubles: Mapping[int, Sequence[SiteCondition]]) -> list[dict[str, Any]]:
    if not troubles:
        return []
    sites = {condition.code for found in troubles.values() for condition in found}
    text = _(
        "%(sites)s điểm cầu mất điện hoặc mất đường truyền, "
        "%(conferences)s hội nghị hôm nay bị ảnh hưởng.",
        sites=len(sites),
        conferences=len(troubles),
    )
    link = {"label": _("Xem %(count)s hội nghị", count=len(troubles)), "url": "#today"}
    return [{"level": "critical", "text": text, "links": [link]}]


def _actions(actor: Actor) -> list[dict[str, Any]]:
    actions = [
        {"label": _("In lịch tuần"), "url": url_for("conferencing.agenda"), "icon": "printer"}
    ]
    if actor.can("conference.book"):
        url = url_for("conferencing.new_conference")
        booking = {"label": _("Đặt lịch họp"), "url": url, "icon": "plus", "kind": "primary"}
        actions.append({**booking, "key": "N"})
    return actions


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that waits for this person."""

    title: str
    note: str
    url: str
    icon: str
    tone: str = "low"


def todo_panel(session: Session, actor: Actor) -> Mapping[str, Any]:
    """What waits: answers that are missing, conferences whose sites are in trouble."""
    waiting = unanswered(session, actor, SOON)
    todos = [_waiting(row) for row in waiting if row.host_unit_id == actor.home_unit_id][:3]
    day = day_span(local(now()).date(), 2)
    rows = occurrences_between(session, actor, day.start, day.end, Filters())
    troubles = _troubles(session, actor, rows)
    if troubles:
        names = [row.title for row in rows if row.conference_id in troubles]
        todos.insert(0, _in_trouble(names))
    return {"todos": todos}


def _waiting(row: OccurrenceRow) -> Todo:
    when = local(row.starts_at).strftime("%H:%M %d/%m")
    return Todo(
        _("%(count)s điểm cầu chưa xác nhận", count=row.waiting),
        f"{row.title} · {when}",
        f"/conferences/{row.code}",
        icon="send",
    )


def _in_trouble(names: Sequence[str]) -> Todo:
    title = _("%(count)s hội nghị vướng mất điện, mất đường truyền", count=len(set(names)))
    return Todo(title, names[0], "#today", icon="calendar-off", tone="critical")


def sites_panel(session: Session, actor: Actor) -> Mapping[str, Any] | None:
    """How the sites of the actor's area are at this moment."""
    sites = visible_sites(session, actor)
    if not sites:
        return None
    known = site_conditions(session, [site.code for site in sites])
    states = (known[s.code].state if s.code in known else "unknown" for s in sites)
    counts = Counter(states)
    return {"site_counts": {name: counts[name] for name in CONDITIONS}, "site_total": len(sites)}


def next_step(entry: Entry, actor: Actor) -> str:
    """Name the one thing to do next with a conference: enter, remind, move or open."""
    if entry.state is DisplayState.IN_SESSION:
        return "enter"
    may_book = actor.can("conference.book") and entry.row.host_unit_id == actor.home_unit_id
    if entry.state is DisplayState.CANCELLED and may_book:
        return "again"
    if entry.state is DisplayState.CONFIRMED and entry.row.waiting and may_book:
        return "remind"
    return "open"
