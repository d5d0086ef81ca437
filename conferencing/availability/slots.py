"""Find a time in the database: everything taken in the window is read once, then only counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from conferencing.access.queries import visible_ids
from conferencing.availability.working_days import working_calendar
from conferencing.domain.availability import PortPool
from conferencing.domain.interval import Interval
from conferencing.domain.slots import (
    HOURS,
    Slot,
    SlotRoom,
    SlotWish,
    best_slots,
    find_slots,
    half_hour_starts,
)
from conferencing.holds.services import BusyRow, busy_rows, busy_spans, port_uses
from conferencing.models import Room, Site
from hub.access.actor import Actor
from hub.clock import TZ, local, now

LONGEST_WINDOW: Final = 31
NEARLY: Final = 2


@dataclass(frozen=True, slots=True)
class TimeQuestion:
    """Whom to bring together, how long, in which of the rooms, on which days, at which hours."""

    required: tuple[Site, ...]
    optional: tuple[Site, ...]
    rooms: tuple[Room, ...]
    duration: timedelta
    first: date
    days: int
    hours: str = "office"
    days_off: bool = False
    ignore_conference_id: int | None = None
    buffered: bool = True

    @property
    def sites(self) -> tuple[Site, ...]:
        """Required and optional sites."""
        return (*self.required, *self.optional)

    def all_days(self) -> list[date]:
        """Return every day of the window."""
        return [self.first + timedelta(days=n) for n in range(min(self.days, LONGEST_WINDOW))]

    def days_asked(self) -> list[date]:
        """Return the days on which it may be: working days, swapped weekends among them."""
        calendar = working_calendar()
        return [d for d in self.all_days() if self.days_off or calendar.is_working_day(d)]


@dataclass(frozen=True, slots=True)
class Times:
    """All slots that suit, what is taken by resource code, and when it was worked out."""

    question: TimeQuestion
    slots: tuple[Slot, ...]
    taken: Mapping[str, Sequence[Interval]]
    at: datetime

    def best(self, limit: int) -> list[Slot]:
        """Return the best slots, varied."""
        return best_slots(self.slots, limit)

    def on(self, day: date) -> list[Slot]:
        """Return the slots of a day in order of time."""
        found = [slot for slot in self.slots if local(slot.interval.start).date() == day]
        return sorted(found, key=lambda slot: slot.interval.start)


def find_times(session: Session, question: TimeQuestion) -> Times:
    """Return the times at which a booking would be taken, and those that nearly suit."""
    days = question.all_days()
    window = _window(question, days)
    ignore = question.ignore_conference_id
    ids = [*(site.id for site in question.sites), *(room.id for room in question.rooms)]
    taken = busy_spans(session, ids, window, ignore)
    bridges = {room.bridge_id: room.bridge for room in question.rooms}
    uses = port_uses(session, list(bridges), window, ignore)
    pools = {b.code: PortPool(b.ports, tuple(uses.get(b.id, ()))) for b in bridges.values()}
    hours = HOURS[question.hours]
    starts = half_hour_starts(question.days_asked(), hours, question.duration, now(), TZ)
    slots = find_slots(_wish(question), starts, taken, pools)
    return Times(question, tuple(slots), taken, now())


def _window(question: TimeQuestion, days: Sequence[date]) -> Interval:
    first, last = (datetime(d.year, d.month, d.day, tzinfo=TZ) for d in (days[0], days[-1]))
    longest = max((room.buffer_minutes for room in question.rooms), default=0)
    return Interval(first - timedelta(minutes=longest), last + timedelta(days=1))


def _wish(question: TimeQuestion) -> SlotWish:
    return SlotWish(
        question.duration,
        tuple(site.code for site in question.required),
        tuple(site.code for site in question.optional),
        tuple(
            SlotRoom(
                room.code,
                room.capacity,
                room.bridge.code,
                timedelta(minutes=room.buffer_minutes if question.buffered else 0),
            )
            for room in question.rooms
            if room.is_active and room.bridge.is_active
        ),
        NEARLY,
    )


def takers(
    session: Session, actor: Actor, question: TimeQuestion, slots: Sequence[Slot]
) -> dict[tuple[Interval, str], BusyRow | None]:
    """Return by slot and site who has taken it; None stands for what the actor may not see."""
    missing = {code for slot in slots for code in (*slot.missing, *slot.missing_optional)}
    if not missing:
        return {}
    spans = [slot.interval for slot in slots]
    window = Interval(min(s.start for s in spans), max(s.end for s in spans))
    longest = max((room.buffer_minutes for room in question.rooms), default=0)
    window = window.widened(timedelta(minutes=longest), timedelta(0))
    ids = [site.id for site in question.sites if site.code in missing]
    rows = busy_rows(session, ids, window, question.ignore_conference_id)
    seen = visible_ids(session, actor, {row.conference_id for row in rows})
    before = timedelta(minutes=longest)
    return {
        (span, row.block.resource): row if row.conference_id in seen else None
        for span in spans
        for row in rows
        if span.widened(before, timedelta(0)).overlaps(row.block.interval)
    }
