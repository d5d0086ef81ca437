import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcity.domain.topics import Topic, TopicError, TopicKind, parse_topic, topic_for


def test_a_native_topic_is_taken_apart_and_put_together_again() -> None:
    topic = parse_topic("city/19249/tram-le-thuy/telemetry")

    assert topic == Topic("19249", "tram-le-thuy", TopicKind.TELEMETRY)
    assert topic_for("19249", "tram-le-thuy", TopicKind.TELEMETRY) == str(topic)


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("", "topic-foreign-prefix"),
        ("town/1/a/status", "topic-foreign-prefix"),
        ("city/1/a", "topic-wrong-number-of-levels"),
        ("city/1/a/b/status", "topic-wrong-number-of-levels"),
        ("city//a/status", "topic-bad-unit-code"),
        ("city/../a/status", "topic-bad-unit-code"),
        ("city/1/+/status", "topic-bad-device-code"),
        ("city/1/#/status", "topic-bad-device-code"),
        ("city/1/<script>/status", "topic-bad-device-code"),
        ("city/1/a\n/status", "topic-bad-device-code"),
        ("city/1/a/Status", "topic-unknown-kind"),
        ("city/1/" + "a" * 300 + "/status", "topic-too-long"),
    ],
)
def test_anything_else_is_refused_with_a_reason(topic: str, reason: str) -> None:
    with pytest.raises(TopicError) as refused:
        parse_topic(topic)

    assert refused.value.reason == reason


@given(st.text() | st.from_regex(r"city/[^/]*/[^/]*/(telemetry|detection|status)"))
def test_no_text_breaks_the_parser(text: str) -> None:
    try:
        parsed = parse_topic(text)
    except TopicError:
        return

    assert str(parsed) == text
