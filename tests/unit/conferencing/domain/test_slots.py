"""Find a time against a naive model: a list of spans, looked through start by start."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from conferencing.domain.availability import PortPool
from conferencing.domain.conflicts import PortUse
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
from tests.unit.conferencing.domain.strategies import moment, slots_of, span, spans

TZ = ZoneInfo("Asia/Ho_Chi_Minh")
HALF_HOUR = timedelta(minutes=30)
SITES = ("a", "b", "c", "d", "e")
ROOMS = ("H1", "H2")
taken_maps = st.dictionaries(
    st.sampled_from((*SITES, *ROOMS)), st.lists(spans(), max_size=4), max_size=7
)
port_uses = st.lists(st.builds(PortUse, spans(), st.integers(1, 5)), max_size=4)


def naive(
    start: int, length: int, buffer: int, taken: dict[str, list[Interval]], codes: tuple[str, ...]
) -> tuple[str, ...]:
    """Who is taken in any half hour of the meeting and its set-up time."""
    wanted = set(range(start - buffer, start + length))
    busy = {code: set().union(*map(slots_of, taken.get(code, []))) for code in codes}
    return tuple(code for code in codes if busy[code] & wanted)


@given(
    taken_maps,
    port_uses,
    st.integers(1, 5),
    st.integers(0, 5),
    st.integers(0, 2),
    st.integers(0, 2),
    st.integers(2, 7),
)
def test_slots_are_those_of_the_list_of_spans(
    taken: dict[str, list[Interval]],
    uses: list[PortUse],
    length: int,
    required: int,
    buffer: int,
    most_missing: int,
    ports: int,
) -> None:
    needed, wished = SITES[:required], SITES[required:]
    rooms = (SlotRoom("H1", 5, "B", buffer * HALF_HOUR), SlotRoom("H2", 4, "B"))
    wish = SlotWish(length * HALF_HOUR, needed, wished, rooms, most_missing)
    level = {s: sum(u.ports for u in uses if s in slots_of(u.interval)) for s in range(-4, 120)}

    found = find_slots(
        wish, [moment(n) for n in range(100)], taken, {"B": PortPool(ports, tuple(uses))}
    )

    expected: dict[datetime, tuple[tuple[str, ...], tuple[str, ...], int]] = {}
    for start in range(100):
        missing = naive(start, length, buffer, taken, needed)
        wanting = naive(start, length, buffer, taken, wished)
        free = max(0, min(ports - level[s] for s in range(start - buffer, start + length)))
        present = len(SITES) - len(missing) - len(wanting)
        nobody = len(missing) == len(needed) > 0
        if naive(start, length, buffer, taken, ("H1",)) or nobody:
            continue
        if len(missing) <= most_missing and present <= free:
            expected[moment(start)] = (missing, wanting, free - present)
    assert {
        s.interval.start: (s.missing, s.missing_optional, s.ports_left) for s in found
    } == expected
    assert all(slot.room == "H1" and slot.interval.duration == wish.duration for slot in found)
    ranks = [(len(s.missing), len(s.missing_optional), s.interval.start) for s in found]
    assert ranks == sorted(ranks)


def test_a_room_too_small_is_never_offered() -> None:
    wish = SlotWish(HALF_HOUR, SITES, (), (SlotRoom("H2", 4, "B"),))

    assert find_slots(wish, [moment(1)], {}, {"B": PortPool(100)}) == []


def test_the_next_room_is_taken_when_the_first_is_busy() -> None:
    rooms = (SlotRoom("H1", 9, "B"), SlotRoom("H2", 9, "B"))
    wish = SlotWish(HALF_HOUR, SITES, (), rooms)

    slots = find_slots(wish, [moment(1), moment(3)], {"H1": [span(0, 2)]}, {"B": PortPool(100)})

    assert [slot.room for slot in slots] == ["H2", "H1"]


@given(st.integers(1, 20), st.sampled_from(sorted(HOURS)), st.integers(0, 40))
def test_every_start_keeps_the_meeting_inside_the_hours(
    halves: int, hours: str, passed: int
) -> None:
    day, length = date(2026, 12, 1), halves * HALF_HOUR
    not_before = datetime.combine(day, time(0), TZ) + passed * HALF_HOUR

    starts = half_hour_starts([day], HOURS[hours], length, not_before, TZ)

    midnight = datetime.combine(day, time(0), TZ)
    for half in range(48):
        start = midnight + half * HALF_HOUR
        end = start + length
        fits = any(
            datetime.combine(day, opens, TZ) <= start and end <= datetime.combine(day, closes, TZ)
            for opens, closes in HOURS[hours]
        )
        assert (start in starts) == (fits and start >= not_before)


def test_the_best_slots_do_not_only_shift_one_another() -> None:
    slots = [Slot(span(n, n + 4), None, (), (), None) for n in range(20)]

    best = best_slots(slots, 3)

    assert [slot.interval for slot in best] == [span(0, 4), span(4, 8), span(8, 12)]
