"""Numbers become drawings: inside the box, with gaps left as gaps."""

from hub.ui.formats import proportions, sparkline


def test_a_sparkline_stays_inside_its_box() -> None:
    drawn = sparkline([1.0, 4.88, 2.0], threshold=9.0, width=60, height=32)
    assert drawn.line == "M3.0 29.0 L30.0 16.4 L57.0 25.8"
    assert drawn.threshold_y == 3.0
    assert drawn.last == (57.0, 25.8)


def test_a_gap_breaks_the_line() -> None:
    drawn = sparkline([1, None, None, 2, 3])
    assert drawn.line.count("M") == 2
    assert drawn.area.count("Z") == 1


def test_no_readings_draw_nothing() -> None:
    assert sparkline([]).line == ""
    assert sparkline([None, None], threshold=2.7).last is None


def test_a_flat_line_is_no_division_by_zero() -> None:
    assert sparkline([5, 5]).line == "M3.0 29.0 L57.0 29.0"


def test_proportions_fill_the_bar_and_skip_what_is_empty() -> None:
    segments = proportions([(3, "normal", "đạt"), (0, "low", "âm thanh"), (1, "critical", "rớt")])
    assert [(s.offset, s.share, s.kind) for s in segments] == [
        (0.0, 75.0, "normal"),
        (75.0, 25.0, "critical"),
    ]
    assert proportions([(0, "normal", "đạt")]) == []
