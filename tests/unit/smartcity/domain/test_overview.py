"""How open alerts colour cells and count in areas."""

from smartcity.domain.overview import AreaCount, bare_name, cell_levels, short_name

AREA, FIRST, SECOND = 1, 11, 12
CELLS = {FIRST: AREA, SECOND: AREA}


def test_a_cell_shows_its_worst_open_alert() -> None:
    levels = cell_levels(CELLS, [(FIRST, "low"), (FIRST, "high"), (FIRST, "medium")], [SECOND])
    assert levels == {FIRST: "high", SECOND: "normal"}


def test_an_alert_of_the_area_lies_on_all_its_cells() -> None:
    levels = cell_levels(CELLS, [(AREA, "medium"), (SECOND, "critical")], [])
    assert levels == {FIRST: "medium", SECOND: "critical"}


def test_a_cell_without_a_living_source_is_unknown_never_normal() -> None:
    assert cell_levels(CELLS, [], [FIRST]) == {FIRST: "normal", SECOND: "unknown"}


def test_an_area_without_alerts_has_no_severity() -> None:
    count = AreaCount()
    assert (count.worst, count.total) == ("normal", 0)
    count.by_severity["low"] = 2
    count.by_severity["high"] = 1
    assert (count.worst, count.total) == ("high", 3)


def test_tier_words_are_shortened_or_left_out() -> None:
    assert short_name("Thành phố Đồng Hới") == "TP Đồng Hới"
    assert short_name("Xã Phong Thủy") == "Xã Phong Thủy"
    assert bare_name("Huyện Lệ Thủy") == "Lệ Thủy"
    assert bare_name("Thị trấn Kiến Giang") == "Thị trấn Kiến Giang"
