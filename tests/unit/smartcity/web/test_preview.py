"""What a payload looks like on the pages of intake: printable, whatever a device sent."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcity.quarantine.views import preview


@pytest.mark.parametrize(
    "payload",
    [rb'{"a":"\ud800"}', rb'{"a":"\u202e"}', rb'{"a":"\u0000"}', b'{"a":"\xe2\x80\xae"}'],
    ids=["lone surrogate", "turned round", "NUL", "turned round, unescaped"],
)
def test_what_escapes_hide_is_shown_as_an_escape_or_as_bytes(payload: bytes) -> None:
    shown = preview(payload).text
    assert shown.encode("utf-8")
    assert all(char.isprintable() or char == "\n" for char in shown)


@given(st.recursive(st.text(st.characters()), lambda inner: st.lists(inner), max_leaves=5))
def test_every_payload_can_be_sent_to_a_browser(value: object) -> None:
    assert preview(json.dumps(value).encode()).text.encode("utf-8")


def test_letters_of_a_language_stay_letters() -> None:
    assert "Lệ Thủy" in preview('{"a":"Lệ Thủy"}'.encode()).text
