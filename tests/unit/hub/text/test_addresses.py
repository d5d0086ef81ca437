"""Mail addresses: what our mail server can send to, and how it is kept and shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.addresses import BadAddressError, read_address, readable_address


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" An.Le@X.VN ", "an.le@x.vn"),
        ("a@tỉnh.vn", "a@xn--tnh-dlz.vn"),
        ("a@TỈNH.vn", "a@xn--tnh-dlz.vn"),
        ("MailTo:a@x.vn", "a@x.vn"),
        ("a@xn--tnh-dlz.vn", "a@xn--tnh-dlz.vn"),
    ],
)
def test_an_address_is_kept_as_it_is_sent(typed: str, kept: str) -> None:
    assert read_address(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("nguyễn@x.vn", "unsendable_email"),
        ("a@x", "bad_email"),
        ("khong-phai-thu", "bad_email"),
        ("", "bad_email"),
        ("a b@x.vn", "bad_email"),
        ("a@x.vn\nBcc: b@x.vn", "bad_email"),
        (f"a@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 30}.vn", "bad_email"),
    ],
)
def test_what_cannot_be_sent_says_why(typed: str, code: str) -> None:
    with pytest.raises(BadAddressError) as refused:
        read_address(typed)
    assert refused.value.code == code


def test_a_domain_is_shown_as_people_write_it() -> None:
    assert readable_address("a@xn--tnh-dlz.vn") == "a@tỉnh.vn"
    assert readable_address("a@x.vn") == "a@x.vn"
    assert readable_address("a@xn--.vn") == "a@xn--.vn"


@given(st.text(max_size=60) | st.from_regex(r"[\w.]{1,8}@[\w-]{1,8}\.[a-z]{2,3}", fullmatch=True))
def test_whatever_is_kept_can_be_sent_and_read_again(typed: str) -> None:
    try:
        kept = read_address(typed)
    except BadAddressError:
        return
    assert kept.isascii()
    assert read_address(kept) == kept
    assert read_address(readable_address(kept)) == kept
