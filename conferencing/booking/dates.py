"""The dates of a series one by one: what is in the way of each, and what may be done about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing.access.queries import visible_ids
from conferencing.availability.queries import (
    Findings,
    alternatives_for_date,
    spans_in_the_way,
)
from conferencing.availability.working_days import holiday_name, working_calendar
from conferencing.domain.interval import Interval
from conferencing.domain.series import SeriesDate
from conferencing.time_words import write_day, write_time
from hub.access.actor import Actor
from hub.clock import local
from hub.ui.formats import date_vi, time_vi

# Each asks for offers of its own.
WITH_OFFERS: Final = 6
OFFERS_EACH: Final = 2
SHOWN_NAMES: Final = 3


@dataclass(frozen=True, slots=True)
class DateRow:
    """A date that clashes or falls on a day off; ``offers`` are what the buttons send and say."""

    rule_day: str
    words: str
    reasons: Sequence[str]
    is_clash: bool
    offers: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class SeriesDates:
    """The dates to decide about; ``holidays`` are the days that one button takes out."""

    rows: Sequence[DateRow]
    holidays: Sequence[str]

    @property
    def clashes(self) -> int:
        """How many dates clash."""
        return sum(row.is_clash for row in self.rows)


def day_off_words(day: date) -> str:
    """Say which holiday a day is, or that it is a weekend; "" on a working day."""
    if working_calendar().is_working_day(day):
        return ""
    name = holiday_name(day)
    return _("ngày lễ: %(name)s", name=name) if name else _("ngày nghỉ cuối tuần")


def holidays_among(dates: Iterable[SeriesDate]) -> list[SeriesDate]:
    """Return the dates that fall on a public holiday."""
    calendar = working_calendar()
    return [d for d in dates if (day := _day(d)) in calendar.holidays and day_off_words(day)]


def _day(one: SeriesDate) -> date:
    return local(one.interval.start).date()


def rule_day(one: SeriesDate) -> str:
    """Return the day by which the form names a date: the one its rule gives it."""
    return write_day(local(one.recurrence_id).date())


def series_dates(
    session: Session, actor: Actor, findings: Findings, dates: Sequence[SeriesDate]
) -> SeriesDates:
    """Return the dates of a series about which something is to be decided, in order."""
    bad = spans_in_the_way(findings)
    reasons = _reasons(session, actor, findings)
    by_interval = {d.interval: d for d in dates}
    offered = [span for span in bad if span in by_interval][:WITH_OFFERS]
    rows = [
        DateRow(
            rule_day(one),
            _words(one.interval),
            [*reasons.get(one.interval, ()), *filter(None, [day_off_words(_day(one))])],
            one.interval in bad,
            _offers(session, actor, findings, one) if one.interval in offered else (),
        )
        for one in sorted(dates, key=lambda d: d.interval.start)
        if one.interval in bad or day_off_words(_day(one))
    ]
    return SeriesDates(rows, [rule_day(d) for d in holidays_among(dates)])


def _words(span: Interval) -> str:
    return f"{date_vi(span.start, 'long')}, {time_vi(span.start)}–{time_vi(span.end)}"


def _reasons(session: Session, actor: Actor, findings: Findings) -> Mapping[Interval, list[str]]:
    """Say by span what is in its way: the conferences by name, then the ports that are wanting."""
    question = findings.question
    spans = dict(zip(question.held, question.spans, strict=True))
    seen = visible_ids(session, actor, {row.conference_id for _clash, row in findings.clashes})
    takers: dict[Interval, dict[str, list[str]]] = {}
    names = question.names()
    for clash, row in findings.clashes:
        title = row.block.title if row.conference_id in seen else _("Bận")
        taken = takers.setdefault(spans[clash.requested], {}).setdefault(title, [])
        taken.append(names[clash.resource])
    found = {span: [_taken(*pair) for pair in who.items()] for span, who in takers.items()}
    for shortage in findings.shortages:
        words = _("Thiếu %(ports)s cổng", ports=shortage.missing)
        found.setdefault(spans[shortage.requested.interval], []).append(words)
    return found


def _taken(title: str, names: Sequence[str]) -> str:
    shown = ", ".join(names[:SHOWN_NAMES])
    if len(names) > SHOWN_NAMES:
        shown += _(" và %(count)s chỗ khác", count=len(names) - SHOWN_NAMES)
    return _("%(names)s bận vì %(title)s", names=shown, title=title)


def _offers(
    session: Session, actor: Actor, findings: Findings, one: SeriesDate
) -> list[tuple[str, str]]:
    offers = alternatives_for_date(session, actor, findings.question, one.interval, OFFERS_EACH)
    return [_offer(rule_day(one), offer) for offer in offers]


def _offer(rule_day_: str, offer: Mapping[str, Any]) -> tuple[str, str]:
    starts, ends = (local(datetime.fromisoformat(offer[k])) for k in ("starts_at", "ends_at"))
    times = (write_day(starts.date()), write_time(starts.time()), write_time(ends.time()))
    label = f"{date_vi(starts, 'day')} {time_vi(starts)}–{time_vi(ends)}"
    return "|".join((rule_day_, *times)), label
