"""What a new revision changes, and who must answer again."""

from dataclasses import replace

import pytest

from conferencing.domain.changes import (
    Aspect,
    ConferenceRevision,
    compare,
    next_sequence,
    sites_to_ask_again,
)
from tests.unit.conferencing.domain.strategies import moment, span

BEFORE = ConferenceRevision(
    interval=span(0, 4),
    title="Giao ban",
    room="H1",
    rrule="FREQ=DAILY;COUNT=3",
    sites={"a": "join", "b": "join", "c": "join"},
    attendees=frozenset({"x@a.example"}),
)


def test_the_same_revision_changes_nothing() -> None:
    change = compare(BEFORE, replace(BEFORE, sites=dict(BEFORE.sites)))

    assert change.is_empty
    assert next_sequence(4, change) == 4
    assert sites_to_ask_again(change, BEFORE) == frozenset()


@pytest.mark.parametrize(
    ("after", "aspect", "rises"),
    [
        (replace(BEFORE, interval=span(0, 5)), Aspect.TIME, True),
        (replace(BEFORE, rrule="FREQ=DAILY;COUNT=4"), Aspect.RECURRENCE, True),
        (replace(BEFORE, exdates=(moment(48),)), Aspect.RECURRENCE, True),
        (replace(BEFORE, room="H2"), Aspect.ROOM, True),
        (replace(BEFORE, join_url="https://meet.example/1"), Aspect.JOIN, True),
        (replace(BEFORE, sites={"a": "join"}), Aspect.SITES, True),
        (replace(BEFORE, is_cancelled=True), Aspect.CANCELLED, True),
        (replace(BEFORE, title="Giao ban tháng"), Aspect.TITLE, False),
        (replace(BEFORE, agenda="1. Báo cáo"), Aspect.AGENDA, False),
        (replace(BEFORE, attendees=BEFORE.attendees | {"y@a.example"}), Aspect.ATTENDEES, False),
        # Who is uninvited gets CANCEL, with a SEQUENCE of its own (RFC 5546 3.2.5).
        (replace(BEFORE, attendees=frozenset()), Aspect.ATTENDEES, True),
    ],
)
def test_sequence_rises_for_time_place_and_recurrence(
    after: ConferenceRevision, aspect: Aspect, rises: bool
) -> None:
    change = compare(BEFORE, after)

    assert change.aspects == {aspect}
    assert next_sequence(4, change) == (5 if rises else 4)


def test_unchanged_sites_keep_their_answer() -> None:
    after = replace(BEFORE, sites={"a": "join", "b": "chair", "d": "join"}, room="H2")
    change = compare(BEFORE, after)

    assert change.added_sites == {"d"}
    assert change.removed_sites == {"c"}
    assert change.changed_sites == {"b"}
    assert sites_to_ask_again(change, after) == {"b", "d"}


def test_another_time_asks_every_site_again() -> None:
    after = replace(BEFORE, interval=span(1, 5))

    assert sites_to_ask_again(compare(BEFORE, after), after) == {"a", "b", "c"}


def test_a_cancelled_conference_asks_nobody() -> None:
    after = replace(BEFORE, interval=span(1, 5), is_cancelled=True)

    assert sites_to_ask_again(compare(BEFORE, after), after) == frozenset()


def test_attendees_who_come_and_go_are_named() -> None:
    change = compare(BEFORE, replace(BEFORE, attendees=frozenset({"y@a.example"})))

    assert change.added_attendees == {"y@a.example"}
    assert change.removed_attendees == {"x@a.example"}
