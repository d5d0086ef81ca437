"""The tree of units: counts, search, Vietnamese order."""

from datetime import date

from hub.access.models import OrgUnit
from hub.orgunits.views import build_tree
from hub.text import fold


def unit(unit_id: int, name: str, parent_id: int | None = None) -> OrgUnit:
    return OrgUnit(
        id=unit_id,
        code=str(unit_id),
        level="commune",
        name=name,
        name_fold=fold(name),
        parent_id=parent_id,
        path="/",
        valid_from=date(2020, 2, 1),
    )


UNITS = [
    unit(1, "Tỉnh"),
    unit(2, "Đồng Hới", 1),
    unit(3, "Ba Đồn", 1),
    unit(4, "Quảng Phú", 3),
    unit(5, "Quang Phú", 2),
]


def test_branches_stand_in_vietnamese_order_with_counts() -> None:
    (root,) = build_tree(UNITS)
    assert root.total == 4
    assert [branch.unit.name for branch in root.children] == ["Ba Đồn", "Đồng Hới"]


def test_search_keeps_the_way_to_each_hit() -> None:
    (root,) = build_tree(UNITS, "dong hoi")
    assert [branch.unit.name for branch in root.children] == ["Đồng Hới"]
    assert not root.is_hit
    assert root.children[0].is_hit


def test_a_unit_whose_parent_is_out_of_sight_becomes_a_root() -> None:
    assert [branch.unit.id for branch in build_tree(UNITS[1:])] == [3, 2]


def test_nothing_found_is_an_empty_tree() -> None:
    assert build_tree(UNITS, "khong co") == []
