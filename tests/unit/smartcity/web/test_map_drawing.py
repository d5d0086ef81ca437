"""The schematic map as SVG."""

from smartcity.operations.map import WIDTH, drawing, place, station_labels


def test_every_commune_and_district_of_2020_is_drawn_once() -> None:
    drawn = drawing()
    assert len({cell.code for cell in drawn.cells}) == len(drawn.cells) == 151
    assert {area.code for area in drawn.areas} == {cell.parent for cell in drawn.cells}
    assert all(shape.path.startswith("M") and shape.path.endswith("Z") for shape in drawn.cells)


def test_north_is_up_and_everything_lies_inside() -> None:
    south, north = place(106.790, 17.223), place(106.025, 17.884)
    assert south[1] > north[1]
    assert south[0] > north[0]
    assert all(0 <= x <= WIDTH and 0 <= y <= drawing().height for x, y in (south, north))


def test_words_of_two_stations_side_by_side_do_not_lie_on_each_other() -> None:
    here = (106.3, 17.6, 12)
    first, second = station_labels([here, here], set(), 2.0)
    assert (first.side, first.dy) != (second.side, second.dy)


def test_words_near_the_eastern_edge_stand_on_the_left() -> None:
    (label,) = station_labels([(107.0, 17.1, 20)], set(), 2.0)
    assert label.side == "left"
