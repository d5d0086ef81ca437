"""Selections over a tree of units."""

import pytest

from conferencing.domain.errors import SelectionError, UnknownCodesError
from conferencing.domain.invitations import (
    SiteCodes,
    SiteDirectory,
    SiteGroup,
    SiteRecord,
    UnitRecord,
    UnitsUnder,
    count_by_level,
    parse_selection,
)

UNITS = [
    UnitRecord("44", "province"),
    UnitRecord("450", "district", "44"),
    UnitRecord("457", "district", "44"),
    UnitRecord("18859", "commune", "450"),
    UnitRecord("19249", "commune", "457"),
    UnitRecord("19252", "commune", "457"),
]
SITES = [SiteRecord(f"{unit.code}.01", unit.code) for unit in UNITS] + [SiteRecord("457.02", "457")]
DIRECTORY = SiteDirectory(UNITS, SITES, {"pctt": ["450.01", "19249.01"]})


def chosen(
    *selections: UnitsUnder | SiteCodes | SiteGroup, without: tuple[str, ...] = ()
) -> list[str]:
    """The codes of the selected sites."""
    return [site.code for site in DIRECTORY.select(selections, without)]


def test_a_unit_brings_its_whole_subtree_parents_first() -> None:
    assert chosen(UnitsUnder("457")) == ["457.01", "457.02", "19249.01", "19252.01"]


def test_a_level_narrows_the_subtree() -> None:
    assert chosen(UnitsUnder("44", "district")) == ["450.01", "457.01", "457.02"]
    assert chosen(UnitsUnder("450", "province")) == []


def test_codes_and_groups_are_added_once_and_may_be_unticked() -> None:
    asked = (SiteCodes(("44.01",)), SiteGroup("pctt"), UnitsUnder("450"))

    assert chosen(*asked) == ["44.01", "450.01", "19249.01", "18859.01"]
    assert chosen(*asked, without=("450.01",)) == ["44.01", "19249.01", "18859.01"]


def test_levels_are_counted() -> None:
    assert count_by_level(DIRECTORY.select([UnitsUnder("44")])) == {
        "province": 1,
        "district": 3,
        "commune": 3,
    }


@pytest.mark.parametrize(
    "selection", [UnitsUnder("999"), SiteCodes(("44.01", "999")), SiteGroup("999")]
)
def test_unknown_codes_are_named(selection: UnitsUnder | SiteCodes | SiteGroup) -> None:
    with pytest.raises(UnknownCodesError) as caught:
        DIRECTORY.select([selection])

    assert caught.value.codes == ("999",)


def test_a_loop_in_the_tree_ends() -> None:
    loop = SiteDirectory([UnitRecord("a", "x", "b"), UnitRecord("b", "x", "a")], [])

    assert loop.units_under("a") == ["a", "b"]


def test_selections_of_the_api_are_read() -> None:
    assert parse_selection("44.01") == [SiteCodes(("44.01",))]
    assert parse_selection({"under": "457", "level": "commune"}) == [UnitsUnder("457", "commune")]
    assert parse_selection(["44.01", {"under": "457"}, {"group": "pctt"}]) == [
        SiteCodes(("44.01",)),
        UnitsUnder("457"),
        SiteGroup("pctt"),
    ]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        7,
        {},
        {"level": "commune"},
        {"under": 7},
        {"under": "44", "x": 1},
        [["44.01"]],
        b"44",
    ],
)
def test_other_selections_are_refused(value: object) -> None:
    with pytest.raises(SelectionError):
        parse_selection(value)
