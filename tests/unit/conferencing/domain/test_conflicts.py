"""Clashes and ports against brute force over half hours."""

from hypothesis import given
from hypothesis import strategies as st

from conferencing.domain.conflicts import (
    BusyBlock,
    Clash,
    PortLevels,
    PortUse,
    find_clashes,
    port_shortage,
    room_shortage,
    same_for,
)
from conferencing.domain.interval import Interval
from tests.unit.conferencing.domain.strategies import slots_of, span, spans

resources = st.sampled_from(("room:H1", "site:44.01", "site:44.02"))
blocks = st.builds(
    BusyBlock, resources, spans(), st.sampled_from(("HN-1", "HN-2")), st.just("Giao ban")
)
uses = st.lists(st.builds(PortUse, spans(), st.integers(1, 9)), max_size=8)


def test_a_clash_names_the_conference_and_the_shared_time() -> None:
    block = BusyBlock("room:H1", span(2, 6), "HN-2026-0007", "Giao ban tháng")

    assert find_clashes({"room:H1": [span(4, 8)], "room:H2": [span(4, 8)]}, [block]) == [
        Clash("room:H1", span(4, 8), span(4, 6), "HN-2026-0007", "Giao ban tháng")
    ]


def test_back_to_back_is_no_clash() -> None:
    block = BusyBlock("room:H1", span(2, 4), "HN-1", "")

    assert find_clashes(same_for(["room:H1"], [span(4, 6), span(0, 2)]), [block]) == []


@given(st.dictionaries(resources, st.lists(spans(), max_size=5)), st.lists(blocks, max_size=12))
def test_clashes_are_all_pairs_that_share_a_half_hour(
    requested: dict[str, list[Interval]], busy: list[BusyBlock]
) -> None:
    expected = [
        (block.resource, wish, frozenset(slots_of(wish) & slots_of(block.interval)))
        for block in busy
        for wish in requested.get(block.resource, [])
        if slots_of(wish) & slots_of(block.interval)
    ]

    found = find_clashes(requested, busy)

    assert sorted((c.resource, c.requested, sorted(slots_of(c.interval))) for c in found) == sorted(
        (resource, wish, sorted(slots)) for resource, wish, slots in expected
    )
    assert [c.interval.start for c in found] == sorted(c.interval.start for c in found)


def level(slot: int, taken: list[PortUse]) -> int:
    """Ports in use in a half hour."""
    return sum(use.ports for use in taken if slot in slots_of(use.interval))


@given(uses, spans())
def test_peak_is_the_fullest_half_hour(taken: list[PortUse], within: Interval) -> None:
    assert PortLevels(taken).peak(within) == max(level(slot, taken) for slot in slots_of(within))


def test_a_room_is_short_of_the_sites_it_does_not_join() -> None:
    short = room_shortage(160, 60)

    assert short is not None
    assert short.missing == 100
    assert room_shortage(60, 60) is None


@given(uses, uses, st.integers(1, 20))
def test_a_shortage_is_a_half_hour_above_the_capacity(
    taken: list[PortUse], wishes: list[PortUse], capacity: int
) -> None:
    together = [*taken, *wishes]
    peaks = {id(w): max(level(s, together) for s in slots_of(w.interval)) for w in wishes}

    found = port_shortage(taken, wishes, capacity)

    assert sorted(s.peak for s in found) == sorted(p for p in peaks.values() if p > capacity)
    assert all(shortage.missing == shortage.peak - capacity for shortage in found)


def test_ports_given_back_are_free_at_once() -> None:
    taken = [PortUse(span(0, 2), 30)]

    assert port_shortage(taken, [PortUse(span(2, 4), 40)], 40) == []
    (shortage,) = port_shortage(taken, [PortUse(span(1, 4), 12)], 40)
    assert (shortage.peak, shortage.missing) == (42, 2)
