"""Days with what takes place on them: shared by timeline, calendar, agenda and home."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from flask import url_for
from flask_babel import gettext as _

from conferencing.domain.interval import Interval
from conferencing.domain.states import DisplayState, IcalStatus, display_state
from conferencing.occurrences.queries import OccurrenceRow
from hub.clock import local, now


@dataclass(frozen=True, slots=True)
class Entry:
    """One occurrence as lists show it."""

    row: OccurrenceRow
    state: DisplayState

    @property
    def url(self) -> str:
        """The conference's page."""
        return f"/conferences/{self.row.code}"

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.state is DisplayState.ENDED


@dataclass(frozen=True, slots=True)
class Day:
    """A day and its occurrences in order."""

    day: date
    entries: Sequence[Entry]
    is_today: bool = False
    is_outside: bool = False

    @property
    def is_day_off(self) -> bool:
        """Saturday or Sunday."""
        return self.day.weekday() >= 5


def state_of_row(row: OccurrenceRow, moment: datetime | None = None) -> DisplayState:
    """Return what people see of an occurrence now."""
    return display_state(
        cast(IcalStatus, row.status),
        Interval(row.starts_at, row.ends_at),
        moment or now(),
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def entries_of(rows: Iterable[OccurrenceRow]) -> list[Entry]:
    """Return the rows with their present states."""
    moment = now()
    return [Entry(row, state_of_row(row, moment)) for row in rows]


def days_of(rows: Iterable[OccurrenceRow], days: Sequence[date], today: date) -> list[Day]:
    """Put the rows under the days; one that lasts over midnight stands on its first day."""
    by_day: dict[date, list[Entry]] = {}
    for entry in entries_of(rows):
        by_day.setdefault(local(entry.row.starts_at).date(), []).append(entry)
    return [Day(d, tuple(by_day.get(d, ())), d == today) for d in days]


def view_tabs(current: str, day: date) -> list[dict[str, Any]]:
    """Return the four ways to look at one date."""
    iso = day.isoformat()
    views = (
        ("day", _("Ngày"), url_for("conferencing.timeline", view="day", date=iso)),
        ("week", _("Tuần"), url_for("conferencing.timeline", date=iso)),
        ("month", _("Tháng"), url_for("conferencing.calendar", date=iso)),
        ("list", _("Danh sách"), url_for("conferencing.agenda", date=iso)),
    )
    return [{"label": label, "url": url, "current": name == current} for name, label, url in views]
