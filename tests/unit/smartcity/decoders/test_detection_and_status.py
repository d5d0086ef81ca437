import json
from datetime import UTC, datetime

import pytest

from smartcity.decoders.limits import Undecodable
from smartcity.decoders.native import decode
from smartcity.domain.reading import Detection, StatusChange
from smartcity.domain.topics import Topic, parse_topic

RECEIVED = datetime(2020, 10, 19, tzinfo=UTC)
DETECTION = {"id": "d-1", "label": "flooded_road", "observed_at": "2020-10-18T23:00:00Z"}


def topic(kind: str) -> Topic:
    return parse_topic(f"city/1/cam/{kind}")


def detect(**members: object) -> Detection:
    body = json.dumps(DETECTION | members).encode()
    (item,) = decode(topic("detection"), body, RECEIVED)
    assert isinstance(item, Detection)
    return item


def test_a_detection_is_read_whole() -> None:
    item = detect(score=0.9, zone="QL1A", attributes={"lane": 2}, ended_at=1603062000, drill=True)

    assert (item.external_id, item.label, item.score, item.zone) == (
        "d-1",
        "flooded_road",
        0.9,
        "QL1A",
    )
    assert item.ended_at == datetime(2020, 10, 18, 23, 0, tzinfo=UTC)
    assert item.attributes == {"lane": 2}
    assert item.drill


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"id": None}, "not-text"),
        ({"id": ""}, "bad-text"),
        ({"id": "x" * 121}, "bad-text"),
        ({"label": 5}, "not-text"),
        ({"label": "a\nb"}, "bad-text"),
        ({"score": 1.1}, "number-out-of-range"),
        ({"score": True}, "not-a-number"),
        ({"snapshot_url": "javascript:alert(1)"}, "bad-text"),
        ({"attributes": []}, "not-an-object"),
        ({"started_at": "soon"}, "bad-time"),
    ],
)
def test_faulty_detections_are_refused(members: dict[str, object], reason: str) -> None:
    with pytest.raises(Undecodable) as refused:
        detect(**members)

    assert refused.value.reason == reason


@pytest.mark.parametrize(("word", "online"), [(b"online", True), (b" Offline\n", False)])
def test_presence_is_one_of_two_words(word: bytes, online: bool) -> None:
    assert decode(topic("status"), word, RECEIVED) == [StatusChange("cam", online, RECEIVED)]


def test_other_words_are_refused() -> None:
    with pytest.raises(Undecodable):
        decode(topic("status"), b"maybe", RECEIVED)
