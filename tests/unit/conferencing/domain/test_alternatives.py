"""Offers never clash, and come in a useful order; heat counts by brute force."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conferencing.domain.alternatives import (
    Alternative,
    AlternativeKind,
    Search,
    Wish,
    find_alternatives,
)
from conferencing.domain.availability import Availability, PortPool, Timeline, heat
from conferencing.domain.conflicts import PortLevels, PortUse
from conferencing.domain.errors import IntervalError
from conferencing.domain.interval import Interval
from tests.unit.conferencing.domain.strategies import MONDAY, slots_of, span, spans

TZ = ZoneInfo("Asia/Ho_Chi_Minh")
HOUR = timedelta(hours=1)
NAMES = ("room:H1", "room:H2", "site:a", "site:b", "site:c")
EARLY = datetime(2026, 11, 1, tzinfo=UTC)


def local(day: int, hour: int, minute: int = 0, hours: float = 2) -> Interval:
    """A span in Việt Nam in December 2026 (the 1st is a Tuesday)."""
    start = datetime(2026, 12, day, hour, minute, tzinfo=TZ)
    return Interval(start, start + timedelta(hours=hours))


def wish(*intervals: Interval, **changes: object) -> Wish:
    """Room H1 and sites a, b, c."""
    fields: dict[str, object] = {
        "sites": ("site:a", "site:b", "site:c"),
        "room": "room:H1",
        "other_rooms": ("room:H2",),
        **changes,
    }
    return Wish(intervals, **fields)  # type: ignore[arg-type]


def kinds(offers: list[Alternative]) -> list[AlternativeKind]:
    """The kinds of offers in order."""
    return [offer.kind for offer in offers]


def test_a_taken_room_gives_the_other_room_first() -> None:
    asked = local(1, 8)

    offers = find_alternatives(wish(asked), Availability({"room:H1": [asked]}), Search(TZ, EARLY))

    assert kinds(offers) == ["other_room", "other_time", "other_time"]
    assert offers[0].room == "room:H2"
    assert offers[0].intervals == (asked,)
    afternoon, eve = (offer.intervals[0] for offer in offers[1:])
    assert afternoon == local(1, 13, 30)
    assert eve == local(1, 15).shifted(-24 * HOUR)


def test_a_taken_site_is_named_as_missing() -> None:
    asked = local(1, 8)

    offers = find_alternatives(wish(asked), Availability({"site:b": [asked]}), Search(TZ, EARLY))

    assert kinds(offers) == ["other_time", "other_time", "fewer_sites"]
    assert offers[-1].missing == ("site:b",)
    assert offers[-1].sites == ("site:a", "site:c")


def test_working_hours_come_before_nearer_hours() -> None:
    asked = local(1, 15)  # the afternoon is taken from 13:30 on

    offers = find_alternatives(
        wish(asked, other_rooms=()),
        Availability({"room:H1": [local(1, 13, 30, hours=4.5)]}),
        Search(TZ, EARLY),
    )

    assert kinds(offers) == ["other_time"] * 3
    for offer in offers:
        start = offer.intervals[0].start.astimezone(TZ).time()
        end = offer.intervals[0].end.astimezone(TZ).time()
        assert (time(7, 30) <= start and end <= time(11, 30)) or (
            time(13, 30) <= start and end <= time(17)
        )


def test_weekends_and_days_off_are_skipped_unless_asked_for() -> None:
    friday, saturday = local(4, 15), local(5, 8)
    busy = Availability({"room:H1": [local(4, 7, hours=11), local(5, 8)]})
    search = Search(TZ, local(4, 7).start, days_off={date(2026, 12, 7)})

    workdays = find_alternatives(wish(friday, other_rooms=()), busy, search)
    weekend = find_alternatives(wish(saturday, other_rooms=()), busy, search)

    assert {o.intervals[0].start.astimezone(TZ).day for o in workdays} <= {8, 9, 10, 11}
    assert {o.intervals[0].start.astimezone(TZ).day for o in weekend} <= {5, 6}


def test_nothing_is_offered_in_the_past() -> None:
    asked = local(1, 8)
    search = Search(TZ, local(1, 14).start)

    offers = find_alternatives(wish(asked), Availability({"room:H1": [asked]}), search)

    assert kinds(offers) == ["other_time"] * 3
    assert all(o.intervals[0].start >= search.not_before for o in offers)


def test_too_few_ports_leave_out_the_last_sites() -> None:
    asked = local(1, 8)
    pool = PortPool(5, (PortUse(asked, 2),))

    offers = find_alternatives(wish(asked, ports=4), Availability({}, pool), Search(TZ, EARLY))

    assert offers[-1].kind == "fewer_sites"
    assert offers[-1].missing == ("site:c",)
    assert "other_room" not in kinds(offers)


def test_a_series_moves_as_a_whole() -> None:
    series = (local(1, 8), local(8, 8), local(15, 8))
    availability = Availability({"site:a": [local(8, 8)], "site:b": [local(15, 13, 30, hours=4)]})

    offers = find_alternatives(wish(*series, other_rooms=()), availability, Search(TZ, EARLY))

    for offer in (o for o in offers if o.kind == "other_time"):
        by = offer.intervals[0].start - series[0].start
        assert offer.intervals == tuple(s.shifted(by) for s in series)


def test_when_all_are_never_free_the_fewest_are_missing() -> None:
    asked = local(1, 8)
    always = Interval(EARLY, EARLY + 90 * 24 * HOUR)
    busy = {"site:b": [always], "site:c": [local(1, 7, 30, hours=9.5)], "room:H1": [asked]}

    offers = find_alternatives(wish(asked, other_rooms=()), Availability(busy), Search(TZ, EARLY))

    assert kinds(offers) == ["fewer_sites"] * 3
    assert {offer.missing for offer in offers} == {("site:b",)}
    assert offers[0].intervals[0] == local(1, 15).shifted(-24 * HOUR)


def test_a_wish_without_a_time_is_refused() -> None:
    with pytest.raises(IntervalError):
        Wish((), ("site:a",))


busy_maps = st.dictionaries(st.sampled_from(NAMES), st.lists(spans(240), max_size=8))


@given(
    busy_maps,
    st.lists(st.builds(PortUse, spans(240), st.integers(1, 4)), max_size=4),
    st.integers(0, 200),
    st.integers(1, 6),
    st.sampled_from((timedelta(0), timedelta(minutes=30))),
)
def test_offers_never_clash(
    busy: dict[str, list[Interval]],
    port_uses: list[PortUse],
    first: int,
    length: int,
    buffer: timedelta,
) -> None:
    asked = wish(span(first, first + length), ports=4, before=buffer, after=buffer)
    availability = Availability(busy, PortPool(6, tuple(port_uses)))

    offers = find_alternatives(asked, availability, Search(TZ, MONDAY + 24 * HOUR))

    assert len(offers) <= 3
    assert len(set(offers)) == len(offers)
    for offer in offers:
        needed = 4 - len(offer.missing)
        for interval in offer.intervals:
            held = interval.widened(buffer, buffer)
            assert interval.start >= MONDAY + 24 * HOUR
            for resource in (offer.room, *offer.sites):
                assert not any(held.overlaps(taken) for taken in busy.get(str(resource), []))
            assert PortLevels(port_uses).peak(held) + needed <= 6
        assert set(offer.sites) | set(offer.missing) == set(asked.sites)


def test_a_room_too_small_gives_a_larger_one_then_and_later() -> None:
    asked = local(1, 8)

    offers = find_alternatives(wish(asked, seats=2), Availability({}), Search(TZ, EARLY))
    busy = Availability({"room:H2": [asked]})
    later = find_alternatives(wish(asked, seats=2), busy, Search(TZ, EARLY))

    assert (offers[0].kind, offers[0].room, offers[0].intervals) == (
        "other_room",
        "room:H2",
        (asked,),
    )
    assert {offer.room for offer in later if offer.kind == "other_time"} == {"room:H2"}
    assert [len(o.sites) for o in later if o.kind == "fewer_sites"] == [2]


@given(st.lists(spans(), max_size=10), spans())
def test_a_timeline_is_free_where_nothing_overlaps(busy: list[Interval], asked: Interval) -> None:
    assert Timeline(busy).is_free(asked) == (not any(asked.overlaps(b) for b in busy))


@given(busy_maps, st.integers(0, 60), st.integers(1, 60))
def test_heat_counts_who_is_free(busy: dict[str, list[Interval]], first: int, length: int) -> None:
    window = span(first, first + length)

    cells = heat(NAMES, window, Availability(busy))

    assert [cell.interval for cell in cells] == [
        span(slot, slot + 1) for slot in sorted(slots_of(window))
    ]
    for cell in cells:
        taken = sum(any(cell.interval.overlaps(b) for b in busy.get(n, [])) for n in NAMES)
        assert (cell.free, cell.total) == (len(NAMES) - taken, len(NAMES))


def test_heat_marks_cells_that_are_only_touched_once() -> None:
    minutes = [
        Interval(MONDAY + timedelta(minutes=a), MONDAY + timedelta(minutes=b))
        for a, b in ((5, 10), (12, 20), (35, 36))
    ]

    cells = heat(
        ["site:a"],
        Interval(MONDAY, MONDAY + timedelta(minutes=75)),
        Availability({"site:a": minutes}),
    )

    assert [cell.free for cell in cells] == [0, 0, 1]
    assert cells[-1].interval.duration == timedelta(minutes=15)
