"""Reading files of units: lines are numbered as an editor shows them, faults name them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.orgunits.reform import read_successions
from hub.orgunits.seed import UNITS_2020
from hub.orgunits.unit_file import MAX_ROWS, read_unit_file


def test_our_own_file_has_no_faults() -> None:
    file = read_unit_file(UNITS_2020.read_bytes())
    assert file.faults == ()
    assert len(file.rows) == 160


def test_every_old_commune_has_one_heir_and_there_are_41() -> None:
    rows = read_successions()
    codes = {row.code for row in read_unit_file(UNITS_2020.read_bytes()).rows}
    assert {row.old_code for row in rows} == codes
    assert len(rows) == len(codes)
    assert len({row.new_code for row in rows if len(row.old_code) == 5}) == 41


def test_columns_may_stand_in_any_order_and_notes_are_passed_over() -> None:
    text = "# ghi chú\nname,code,level,extra\n\nTỉnh A,01,province,x\n"
    file = read_unit_file(text.encode("utf-8-sig"))
    assert file.faults == ()
    row = file.rows[0]
    assert (row.line, row.name, row.code, row.parent_code, row.lat) == (4, "Tỉnh A", "01", "", None)


def test_a_cell_with_a_line_break_keeps_later_line_numbers_right() -> None:
    text = 'level,code,name\nprovince,01,"Tỉnh\nA"\nvillage,02,B\n'
    faults = read_unit_file(text.encode()).faults
    assert {fault.line for fault in faults} == {4}


def test_the_number_of_lines_is_bounded() -> None:
    text = "level,code,name\n" + "province,1,A\n" * (MAX_ROWS + 1)
    assert read_unit_file(text.encode()).faults[0].line == 0


@pytest.mark.parametrize("text", ["", "\n\n", "# chỉ ghi chú\n"])
def test_an_empty_file_is_a_fault(text: str) -> None:
    assert read_unit_file(text.encode()).faults


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    file = read_unit_file(content)
    assert file.rows or file.faults or content
