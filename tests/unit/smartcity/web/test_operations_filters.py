"""Where water and marks stand on a staff."""

from itertools import pairwise

from smartcity.operations.words import gauge_marks


def station(level: float | None, marks: list[tuple[int, float]]) -> dict[str, object]:
    return {"level": level, "marks": marks, "top_m": 5.0}


def test_water_and_marks_stand_at_their_height() -> None:
    drawn = gauge_marks(station(5.0, [(1, 0.0), (3, 5.0)]), 100)
    assert drawn["water"] == 2
    assert [mark["y"] for mark in drawn["marks"]] == [2, 98]


def test_words_of_close_marks_move_apart() -> None:
    drawn = gauge_marks(station(4.88, [(1, 1.2), (2, 2.2), (3, 2.7)]), 100)
    words = [mark["label_y"] for mark in drawn["marks"]]
    assert all(lower - upper >= 12.9 for upper, lower in pairwise(words))


def test_unknown_marks_are_not_drawn_and_no_level_is_an_empty_staff() -> None:
    drawn = gauge_marks(station(None, [(3, 2.0)]), 100)
    assert [mark["number"] for mark in drawn["marks"]] == [3]
    assert drawn["water"] == 98
