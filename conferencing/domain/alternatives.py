"""What could be offered instead when a booking clashes: other times, another room, fewer sites."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import islice
from typing import Final

from conferencing.domain.availability import HALF_HOUR, Availability
from conferencing.domain.errors import IntervalError
from conferencing.domain.interval import Interval

MORNING: Final = (time(7, 30), time(11, 30))
AFTERNOON: Final = (time(13, 30), time(17, 0))
# Outside working hours only reasonable hours are offered, save for the hour that was asked for.
WAKING: Final = (time(6, 0), time(22, 0))
SEARCH: Final = timedelta(days=14)
# About a week of working hours; each try looks at every site.
PARTIAL_TRIES: Final = 100


class AlternativeKind(StrEnum):
    """What differs from the wish."""

    OTHER_ROOM = "other_room"
    OTHER_TIME = "other_time"
    FEWER_SITES = "fewer_sites"


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for: the spans to be held (a series has several), a room and sites.

    `before` and `after` are the buffers that are held around each span.
    `sites` come in order of weight: when ports are short, the last ones are left out first.
    `other_rooms` come in order of preference and join all sites; `seats` says how many sites the
    room asked for joins, None when that does not count.
    """

    intervals: tuple[Interval, ...]
    sites: tuple[str, ...]
    room: str | None = None
    other_rooms: tuple[str, ...] = ()
    ports: int = 0
    before: timedelta = timedelta(0)
    after: timedelta = timedelta(0)
    seats: int | None = None

    def __post_init__(self) -> None:
        if not self.intervals:
            raise IntervalError("a wish needs at least one span")

    @property
    def asked(self) -> Interval:
        """The first span, by which nearness is measured."""
        return self.intervals[0]

    def held(self, by: timedelta = timedelta(0)) -> tuple[Interval, ...]:
        """The spans with their buffers, moved by some time."""
        return tuple(span.shifted(by).widened(self.before, self.after) for span in self.intervals)

    @property
    def is_room_large_enough(self) -> bool:
        """Whether the room asked for joins all sites."""
        return self.seats is None or len(self.sites) <= self.seats

    def rooms(self) -> tuple[str | None, ...]:
        """The rooms for all sites: the one asked for, or the others when it is too small."""
        return (self.room,) if self.is_room_large_enough else self.other_rooms


@dataclass(frozen=True, slots=True)
class Alternative:
    """A free offer; `missing` names the sites that cannot take part."""

    kind: AlternativeKind
    intervals: tuple[Interval, ...]
    room: str | None
    sites: tuple[str, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """Where to look: zone, earliest start, days off, how far on each side and how many offers."""

    tz: tzinfo
    not_before: datetime
    days_off: Container[date] = frozenset()
    reach: timedelta = SEARCH
    limit: int = 3


def find_alternatives(wish: Wish, availability: Availability, search: Search) -> list[Alternative]:
    """Up to `limit` free offers, best first: another room, other times, then fewer sites.

    Each kind gets a place when it has an offer; the rest goes to the nearest other times, and,
    when all are never free together, to the times with the fewest sites missing.
    """
    same_time: list[Alternative] = []
    fewer: list[Alternative] = []
    if wish.asked.start >= search.not_before:
        same_time = list(islice(other_rooms(wish, availability), 1))
        here = fewer_sites(wish, availability)
        fewer = [] if here is None else [here]
    places = max(0, search.limit - len(same_time) - len(fewer))
    times = other_times(wish, availability, search, places)
    found = [*same_time, *times, *fewer]
    missing = search.limit - len(found)
    return [*found, *most_sites(wish, availability, search, missing)][: search.limit]


def other_rooms(wish: Wish, availability: Availability) -> Iterator[Alternative]:
    """Other rooms in which the wish is free as it stands."""
    held = wish.held()
    if not availability.together(wish.sites).are_free(held):
        return
    if not availability.has_ports(held, wish.ports):
        return
    for room in wish.other_rooms:
        if room != wish.room and availability.is_free(room, held):
            yield Alternative(AlternativeKind.OTHER_ROOM, wish.intervals, room, wish.sites)


def fewer_sites(
    wish: Wish, availability: Availability, by: timedelta = timedelta(0)
) -> Alternative | None:
    """The wish, moved by some time, without the sites that are taken then.

    First in the room asked for, else in another; None when no site or no room is left, or when
    nobody would be missing.
    """
    held = wish.held(by)
    room = _free_room(wish, availability, held)
    kept = [site for site in wish.sites if availability.is_free(site, held)]
    if room == wish.room and wish.seats is not None:
        kept = kept[: wish.seats]
    free_ports = availability.free_ports(held)
    if free_ports is not None:
        # A site takes one port; what the wish needs beyond its sites (centre, recorder) stays.
        extra = max(0, wish.ports - len(wish.sites))
        kept = kept[: max(0, free_ports - extra)]
    if not kept or len(kept) == len(wish.sites) or (room is None and wish.room is not None):
        return None
    moved = tuple(span.shifted(by) for span in wish.intervals)
    missing = tuple(site for site in wish.sites if site not in set(kept))
    return Alternative(AlternativeKind.FEWER_SITES, moved, room, tuple(kept), missing)


def _free_room(wish: Wish, availability: Availability, held: tuple[Interval, ...]) -> str | None:
    if wish.room is None:
        return None
    rooms = (wish.room, *wish.other_rooms)
    if not wish.is_room_large_enough:
        rooms = (*wish.other_rooms, wish.room)
    return next((room for room in rooms if availability.is_free(room, held)), None)


def most_sites(
    wish: Wish, availability: Availability, search: Search, limit: int
) -> list[Alternative]:
    """Other times, working hours first, at which the fewest sites are missing."""
    if limit <= 0:
        return []
    starts = candidate_starts(wish.asked, search)[:PARTIAL_TRIES]
    offers = (fewer_sites(wish, availability, start - wish.asked.start) for start in starts)
    # The sort is stable: among equals the nearer time stays in front.
    return sorted((offer for offer in offers if offer), key=lambda o: len(o.missing))[:limit]


def other_times(
    wish: Wish, availability: Availability, search: Search, limit: int
) -> list[Alternative]:
    """The nearest free times for all that was asked, working hours first.

    Offers that overlap an earlier one say little new and come only when nothing else is left.
    """
    timeline = availability.together(wish.sites)
    rooms = wish.rooms()
    offers: list[Alternative] = []
    spare: list[Alternative] = []
    for start in candidate_starts(wish.asked, search) if limit > 0 else ():
        by = start - wish.asked.start
        held = wish.held(by)
        if not (timeline.are_free(held) and availability.has_ports(held, wish.ports)):
            continue
        free = [r for r in rooms if r is None or availability.is_free(r, held)]
        if not free:
            continue
        moved = tuple(span.shifted(by) for span in wish.intervals)
        offer = Alternative(AlternativeKind.OTHER_TIME, moved, free[0], wish.sites)
        is_new = all(not moved[0].overlaps(known.intervals[0]) for known in offers)
        (offers if is_new else spare).append(offer)
        if len(offers) == limit:
            break
    return [*offers, *spare][:limit]


def candidate_starts(asked: Interval, search: Search) -> list[datetime]:
    """Half-hour starts around the asked one: working hours first, then by nearness."""
    first = max(asked.start - search.reach, search.not_before)
    local = first.astimezone(search.tz)
    start = local.replace(minute=local.minute // 30 * 30, second=0, microsecond=0)
    asked_local = asked.start.astimezone(search.tz)
    ranked: list[tuple[int, timedelta, datetime]] = []
    last = asked.start + search.reach
    while start <= last:
        tier = _tier(start, asked.duration, asked_local, search)
        if tier is not None and first <= start != asked.start:
            ranked.append((tier, abs(start - asked.start), start))
        start += HALF_HOUR
    return [moment for _, _, moment in sorted(ranked)]


def _tier(start: datetime, duration: timedelta, asked: datetime, search: Search) -> int | None:
    """0 inside half a working day, 1 inside a working day, 2 at another fair hour, else None."""
    if not _is_offered_day(start.date(), asked, search):
        return None
    end = start + duration
    if _inside(start, end, *MORNING) or _inside(start, end, *AFTERNOON):
        return 0
    if _inside(start, end, MORNING[0], AFTERNOON[1]):
        return 1
    return 2 if _inside(start, end, *WAKING) or start.time() == asked.time() else None


def _is_offered_day(day: date, asked: datetime, search: Search) -> bool:
    if day == asked.date():
        return True
    weekend_asked = asked.weekday() >= 5
    return day not in search.days_off and (weekend_asked or day.weekday() < 5)


def _inside(start: datetime, end: datetime, opens: time, closes: time) -> bool:
    same_day = start.date() == end.date()
    return same_day and opens <= start.time() and end.time() <= closes
