"""The page "Tìm giờ": what it was asked, ranked slots, the days, and who is free when on one day.

It is a step of the booking form: everything typed travels along in hidden fields, and a slot
that is chosen goes back into the form by the same action as an offer of the panel.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Final

from flask import render_template
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from conferencing.availability.slots import TimeQuestion, Times, find_times, takers
from conferencing.availability.working_days import holiday_name, working_calendar
from conferencing.booking.forms import at
from conferencing.booking.page import BookingPage
from conferencing.domain.availability import HALF_HOUR, Availability, heat
from conferencing.domain.interval import Interval
from conferencing.domain.slots import HOURS, Slot
from conferencing.holds.services import BusyRow
from conferencing.models import Room
from conferencing.places.picker import Choice, PickUnit, build_picker
from conferencing.time_words import parse_day, write_day, write_time
from hub.clock import local, now
from hub.ui.formats import date_vi, time_vi

LENGTHS: Final = (30, 45, 60, 90, 120, 150, 180, 240, 480)
WINDOWS: Final = (1, 7, 14, 21, 31)
SHOWN: Final = 7
FIRST_HOUR: Final = 7
LAST_HOUR: Final = 18
SHOWN_ROOMS: Final = 4
SHOWN_NAMES: Final = 4
# How full a bar is drawn: in quarters.
LEVELS: Final = 4
# The page's own fields; all others are the booking form's and travel along.
OWN_FIELDS: Final = frozenset(
    {
        "times_minutes",
        "times_first",
        "times_days",
        "times_hours",
        "times_off",
        "times_room",
        "times_day",
        "times_unit",
        "optional",
        "optional_unit",
    }
)


@dataclass(frozen=True, slots=True)
class SlotCard:
    """A ranked slot in words; ``value`` is what its button sends."""

    rank: int
    value: str
    day: str
    hours: str
    room: str
    required: str
    optional: str
    ports_left: int | None
    is_whole: bool
    why: Sequence[tuple[str, str]]
    label: str
    more: int = 0


@dataclass(frozen=True, slots=True)
class DayCard:
    """A day of the window: how many slots it has, or why it is passed over."""

    value: str
    day: date
    slots: int
    note: str
    is_shown: bool
    is_off: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A half hour of a row: how many are free of how many, drawn in so many quarters."""

    free: int
    total: int
    words: str

    @property
    def level(self) -> int:
        """0 for none free, 4 for all."""
        return LEVELS * self.free // self.total if self.total else 0


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: rooms, all required sites, a district, or a site."""

    kind: str
    name: str
    cells: Sequence[Cell]
    code: str = ""
    is_open: bool = False
    is_optional: bool = False
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """A half hour at which it could begin; without ``value`` it cannot."""

    hour: str
    is_whole_hour: bool
    value: str = ""
    words: str = ""
    rank: int = 0
    is_whole: bool = False


@dataclass
class TimesPage:
    """What was asked of the search and everything the page shows of the answer."""

    page: BookingPage
    posted: MultiDict[str, str]
    problems: list[str] = field(default_factory=list)

    @cached_property
    def minutes(self) -> int:
        """How long it lasts: what the page says, else what the form says, else an hour."""
        span = self.page.draft.span()
        typed = int((span[1] - span[0]).total_seconds() // 60) if span else 60
        return _number(self.posted.get("times_minutes"), typed, 5, 24 * 60)

    @cached_property
    def days(self) -> int:
        """How many days are looked at."""
        return _number(self.posted.get("times_days"), 14, 1, WINDOWS[-1])

    @cached_property
    def first(self) -> date:
        """The first day looked at: never before today."""
        today = local(now()).date()
        typed = self.posted.get("times_first", "").strip()
        day = parse_day(typed, today) if typed else self.page.draft.day
        if typed and day is None:
            self.problems.append(_("Chưa đọc được ngày. Có thể ghi 20/10, 20/10/2020 hoặc “mai”."))
        return max(day or today, today)

    @property
    def hours(self) -> str:
        """Which hours."""
        asked = self.posted.get("times_hours", "")
        return asked if asked in HOURS else "office"

    @property
    def days_off(self) -> bool:
        """Whether weekends and holidays count too."""
        return bool(self.posted.get("times_off"))

    @property
    def in_this_room(self) -> bool:
        """Whether only the room of the form will do."""
        return self.posted.get("times_room") == "this" and self.page.room is not None

    @cached_property
    def units(self) -> Sequence[PickUnit]:
        """The chosen sites by district."""
        codes = frozenset(site.code for site in self.page.chosen)
        return build_picker(self.page.chosen, (), Choice(codes)).units

    @cached_property
    def optional_units(self) -> frozenset[str]:
        """The districts of which nobody must be there."""
        return frozenset(self.posted.getlist("optional_unit"))

    @cached_property
    def optional(self) -> frozenset[str]:
        """The codes of the sites that need not be there."""
        by_unit = (u for u in self.units if u.code in self.optional_units)
        inside = (site.code for unit in by_unit for site in unit.sites)
        return frozenset((*self.posted.getlist("optional"), *inside))

    @property
    def rooms(self) -> tuple[Room, ...]:
        """The rooms that will do: the one chosen first, then the smaller ones."""
        chosen = self.page.room
        if self.in_this_room and chosen is not None:
            return (chosen,)
        return tuple(sorted(self.page.rooms, key=lambda r: (r is not chosen, r.capacity, r.code)))

    @cached_property
    def question(self) -> TimeQuestion:
        """Return the question as the engine takes it."""
        conference = self.page.purpose.conference
        return TimeQuestion(
            tuple(site for site in self.page.chosen if site.code not in self.optional),
            tuple(site for site in self.page.chosen if site.code in self.optional),
            self.rooms,
            timedelta(minutes=self.minutes),
            self.first,
            self.days,
            self.hours,
            self.days_off,
            conference.id if conference else None,
            self.page.is_buffered,
        )

    @cached_property
    def times(self) -> Times:
        """The answer of the engine."""
        return find_times(self.page.session, self.question)

    @cached_property
    def best(self) -> list[Slot]:
        """The ranked slots."""
        return self.times.best(SHOWN)

    @cached_property
    def shown_day(self) -> date:
        """The day of the table: the one asked for, else that of the best slot."""
        asked = parse_day(self.posted.get("times_day", ""), self.first)
        if asked is not None and asked in self.question.all_days():
            return asked
        return local(self.best[0].interval.start).date() if self.best else self.first

    def is_too_large(self) -> bool:
        """Whether no room joins so many sites."""
        wanted = len(self.page.chosen)
        return bool(self.rooms) and all(room.capacity < wanted for room in self.rooms)

    def cards(self) -> list[SlotCard]:
        """Return the ranked slots in words, with who is in the way of whom."""
        who = takers(self.page.session, self.page.actor, self.question, self.best)
        return [self._card(rank, slot, who) for rank, slot in enumerate(self.best, 1)]

    def _card(
        self, rank: int, slot: Slot, who: Mapping[tuple[Interval, str], BusyRow | None]
    ) -> SlotCard:
        missing = (*slot.missing, *slot.missing_optional)
        why = [self._why(code, who.get((slot.interval, code))) for code in missing[:SHOWN_NAMES]]
        words = self._slot_words(slot)
        return SlotCard(
            rank,
            self._value(slot),
            date_vi(slot.interval.start, "long"),
            _span_words(slot.interval),
            self._room_names.get(slot.room or "", ""),
            *self._counts(slot),
            slot.ports_left,
            slot.is_whole,
            why,
            words,
            max(0, len(missing) - SHOWN_NAMES),
        )

    @cached_property
    def _room_names(self) -> dict[str, str]:
        return {room.code: room.name for room in self.rooms}

    @cached_property
    def _site_names(self) -> dict[str, str]:
        return {site.code: site.name for site in self.page.chosen}

    def _why(self, code: str, row: BusyRow | None) -> tuple[str, str]:
        name = self._site_names.get(code, code)
        if row is None:
            return _("%(site)s bận, hội nghị ngoài khu vực của bạn", site=name), ""
        words = _(
            "%(site)s bận vì %(title)s, %(hours)s",
            site=name,
            title=row.block.title,
            hours=_span_words(row.block.interval),
        )
        return words, f"/conferences/{row.block.conference}"

    def _counts(self, slot: Slot) -> tuple[str, str]:
        required, optional = len(self.question.required), len(self.question.optional)
        return (
            f"{required - len(slot.missing)}/{required}" if required else "",
            f"{optional - len(slot.missing_optional)}/{optional}" if optional else "",
        )

    def _slot_words(self, slot: Slot) -> str:
        required, optional = self._counts(slot)
        parts = [f"{date_vi(slot.interval.start, 'long')}, {_span_words(slot.interval)}"]
        if required:
            parts.append(_("%(count)s bắt buộc", count=required))
        if optional:
            parts.append(_("%(count)s nên có", count=optional))
        return " · ".join((*parts, *filter(None, [self._room_names.get(slot.room or "")])))

    def _value(self, slot: Slot) -> str:
        starts, ends = local(slot.interval.start), local(slot.interval.end)
        times = (write_day(starts.date()), write_time(starts.time()), write_time(ends.time()))
        return "|".join((*times, slot.room or "", ""))

    def day_cards(self) -> list[DayCard]:
        """Return the days of the window, those passed over with the reason."""
        asked = set(self.question.days_asked())
        counts: dict[date, int] = {}
        for slot in self.times.slots:
            day = local(slot.interval.start).date()
            counts[day] = counts.get(day, 0) + slot.is_whole
        calendar = working_calendar()
        return [
            DayCard(
                write_day(day),
                day,
                counts.get(day, 0),
                holiday_name(day) or ("" if calendar.is_working_day(day) else _("ngày nghỉ")),
                day == self.shown_day,
                day not in asked,
            )
            for day in self.question.all_days()
        ]

    @cached_property
    def window(self) -> Interval:
        """The hours of the table."""
        day = self.shown_day
        return Interval(at(day, time(FIRST_HOUR)), at(day, time(LAST_HOUR)))

    def starts(self) -> list[Start]:
        """Return the half hours of the day as columns: what could begin there."""
        slots = {slot.interval.start: slot for slot in self.times.on(self.shown_day)}
        ranks = {slot.interval.start: rank for rank, slot in enumerate(self.best, 1)}
        return [self._start(moment, slots.get(moment), ranks) for moment in self._moments()]

    def _moments(self) -> list[datetime]:
        count = self.window.duration // HALF_HOUR
        return [self.window.start + n * HALF_HOUR for n in range(count)]

    def _start(self, moment: datetime, slot: Slot | None, ranks: Mapping[datetime, int]) -> Start:
        is_whole_hour = local(moment).minute == 0
        if slot is None:
            return Start(time_vi(moment), is_whole_hour)
        words = self._slot_words(slot)
        rank = ranks.get(moment, 0)
        return Start(time_vi(moment), is_whole_hour, self._value(slot), words, rank, slot.is_whole)

    def rows(self) -> list[Row]:
        """Return the rows of the table; of the districts one is open, or all."""
        required = [site.code for site in self.question.required]
        optional = [site.code for site in self.question.optional]
        rows = [Row("sum", _("Bắt buộc rảnh"), self._cells(required))] if required else []
        if optional:
            rows.append(Row("sum", _("Nên có rảnh"), self._cells(optional)))
        rows += [
            Row("room", room.name, self._cells([room.code])) for room in self.rooms[:SHOWN_ROOMS]
        ]
        for unit in self.units:
            rows += self._unit_rows(unit)
        return rows

    def _unit_rows(self, unit: PickUnit) -> Iterable[Row]:
        is_open = self.posted.get("times_unit") in (unit.code, "*")
        is_optional = unit.code in self.optional_units
        codes = [site.code for site in unit.sites]
        yield Row("unit", unit.short, self._cells(codes), unit.code, is_open, is_optional)
        for site in unit.sites if is_open else ():
            yield Row(
                "site",
                site.name,
                self._cells([site.code]),
                site.code,
                is_optional=site.code in self.optional,
                is_settled=is_optional,
            )

    @cached_property
    def _busy_today(self) -> Availability:
        inside = {
            code: [span for span in spans if span.overlaps(self.window)]
            for code, spans in self.times.taken.items()
        }
        return Availability(inside)

    def _cells(self, codes: Sequence[str]) -> list[Cell]:
        found = heat(codes, self.window, self._busy_today)
        return [Cell(c.free, c.total, self._cell_words(c.free, c.total)) for c in found]

    def _cell_words(self, free: int, total: int) -> str:
        if total == 1:
            return _("rảnh") if free else _("bận")
        return f"{free}/{total}"

    def kept(self) -> list[tuple[str, str]]:
        """Return what travels along: the booking form, and boxes of districts not shown."""
        left_out = OWN_FIELDS | {"csrf_token", "do", "find", "group_name"}
        pairs = [(k, v) for k, v in self.posted.items(multi=True) if k not in left_out]
        shown = {row.code for row in self.rows() if row.kind == "site" and not row.is_settled}
        pairs += [("optional", c) for c in self.posted.getlist("optional") if c not in shown]
        return [
            *pairs,
            ("times_day", self.posted.get("times_day", "")),
            ("times_unit", self.posted.get("times_unit", "")),
        ]

    def render(self, template: str) -> str:
        """Draw the page, or the part of it that changes."""
        return render_template(
            f"conferencing/{template}",
            times=self,
            purpose=self.page.purpose,
            lengths=sorted({*LENGTHS, self.minutes}),
            windows=sorted({*WINDOWS, self.days}),
        )


def _number(text: str | None, otherwise: int, least: int, most: int) -> int:
    typed = (text or "").strip()
    number = int(typed) if typed.isdecimal() and len(typed) < 6 else otherwise
    return min(max(number, least), most)


def _span_words(span: Interval) -> str:
    return f"{time_vi(span.start)}–{time_vi(span.end)}"


# The buttons of the page and of the form that lead here, and the field each one sets.
BUTTONS: Final = {"times": "", "times_day": "times_day", "times_unit": "times_unit"}


def times_page(page: BookingPage, posted: MultiDict[str, str], name: str, value: str) -> TimesPage:
    """Return the page after one of its buttons."""
    changed = MultiDict(posted)
    if target := BUTTONS.get(name, ""):
        changed[target] = "" if name == "times_unit" and posted.get(target) == value else value
    return TimesPage(page, changed)
