"""Vietnamese text: cleaning, folding and order, on what people really type and paste."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.text import clean, fold, sort_key


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Lệ Thủy", "le thuy"),
        ("Lệ Thuỷ", "le thuy"),
        ("ĐỒNG HỚI", "dong hoi"),
        ("đường Nguyễn Hữu Cảnh", "duong nguyen huu canh"),
        ("Xã Quảng Phú", "xa quang phu"),
        (unicodedata.normalize("NFD", "Hóa Tiến"), "hoa tien"),
        ("  Ba Đồn ", "ba don"),
        ("", ""),
    ],
)
def test_fold_takes_marks_and_case_away(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_is_folding_once_and_the_form_does_not_matter(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@given(st.text())
def test_clean_text_has_no_control_characters_and_stays_clean(text: str) -> None:
    cleaned = clean(text)
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in cleaned)
    assert not any(c in cleaned for c in "\u2028\u2029\u0085\x00")
    assert clean(cleaned) == cleaned


def test_clean_composes_what_was_typed_in_parts() -> None:
    assert clean(unicodedata.normalize("NFD", " Lệ Thủy\x00 ")) == "Lệ Thủy"


def test_names_stand_in_vietnamese_order() -> None:
    ordered = [
        "An Thủy",
        "Ân Thủy",
        "Ba Đồn",
        "Cam Thủy",
        "Dân Hóa",
        "Đồng Lê",
        "Hóa Hợp",
        "Hòa Trạch",
    ]
    assert sorted(set(ordered), key=sort_key) == ordered


def test_tones_decide_only_between_equal_letters() -> None:
    tones = ["ma", "mà", "mả", "mã", "má", "mạ", "mai"]
    assert sorted(set(tones), key=sort_key) == tones
