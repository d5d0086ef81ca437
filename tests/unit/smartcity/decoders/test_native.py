import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smartcity.decoders import native
from smartcity.decoders.limits import Undecodable, json_object
from smartcity.decoders.native import _from_members, _plainly_well_formed, decode_telemetry
from smartcity.domain.reading import Decoded, Detection, Reading, StatusChange
from smartcity.domain.topics import parse_topic

RECEIVED = datetime(2020, 10, 19, 0, 0, tzinfo=UTC)
TELEMETRY = "city/19249/tram/telemetry"


def decode(payload: bytes | str, kind: str = "telemetry") -> list[Decoded]:
    body = payload.encode() if isinstance(payload, str) else payload
    return native.decode(parse_topic(f"city/19249/tram/{kind}"), body, RECEIVED)


def reason(payload: bytes | str, kind: str = "telemetry") -> str:
    with pytest.raises(Undecodable) as refused:
        decode(payload, kind)
    return refused.value.reason


def test_a_telemetry_object_becomes_readings() -> None:
    body = {
        "id": "1",
        "observed_at": "2020-10-19T06:00:00+07:00",
        "values": {"water_level": 4.88, "battery": 92},
        "units": {"water_level": "m"},
        "drill": True,
    }

    at = datetime(2020, 10, 18, 23, 0, tzinfo=UTC)
    assert decode(json.dumps(body)) == [
        Reading("tram", "water_level", 4.88, "m", at, True),
        Reading("tram", "battery", 92.0, None, at, True),
    ]


def test_a_missing_time_means_the_time_of_arrival() -> None:
    (reading,) = decode('{"values":{"a":1}}')

    assert isinstance(reading, Reading)
    assert reading.observed_at is RECEIVED


def test_unknown_members_are_passed_over() -> None:
    assert len(decode('{"values":{"a":1},"seq":5,"extra":{"deep":[1,2]}}')) == 1


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (b"", "empty"),
        (b"\xff\xfe", "not-utf8"),
        (b'{"values":{"\xff":1}}', "not-utf8"),
        ("hello", "not-json"),
        ('{"values":{"a":1}', "not-json"),
        ('{"values":{"a":1}} x', "not-json"),
        ("null", "not-an-object"),
        ("1", "not-an-object"),
        ("{}", "no-values"),
        ('{"values":{}}', "no-values"),
        ('{"values":[1]}', "no-values"),
        ('{"values":{"a":NaN}}', "number-not-finite"),
        ('{"values":{"a":-Infinity}}', "number-not-finite"),
        ('{"values":{"a":1e400}}', "number-out-of-range"),
        ('{"values":{"a":9007199254740993}}', "number-out-of-range"),
        # What broken sensors send: the largest float of 32 and of 64 bits.
        ('{"values":{"a":3.4028235e38}}', "number-out-of-range"),
        ('{"values":{"a":-1.7976931348623157e308}}', "number-out-of-range"),
        ('{"values":{"a":' + "9" * 5000 + "}}", "number-out-of-range"),
        ('{"values":{"a":true}}', "not-a-number"),
        ('{"values":{"a":"1"}}', "not-a-number"),
        ('{"values":{"a":null}}', "not-a-number"),
        ('{"values":{"a":1,"a":2}}', "duplicate-key"),
        ('{"values":{"a":1},"values":{"a":2}}', "duplicate-key"),
        ('{"values":{"a":1},"drill":true,"drill":false}', "duplicate-key"),
        ('{"values":{"a":1},"drill":1}', "not-a-boolean"),
        ('{"values":{"":1}}', "bad-property-name"),
        ('{"values":{"<b>":1}}', "bad-property-name"),
        ('{"values":{"a":1},"x":"\\ud800"}', "bad-text"),
        ('{"values":{"a":1},"x":"\\u0000"}', "bad-text"),
        ('{"values":{"a":1},"x":' + "[" * 17 + "]" * 17 + "}", "too-deep"),
        ('{"values":{"a":1},"x":' + "[" * 20000 + "]" * 20000 + "}", "too-deep"),
        ('{"observed_at":"yesterday","values":{"a":1}}', "bad-time"),
        ('{"observed_at":"2020-10-19T06:00:00","values":{"a":1}}', "time-without-offset"),
        ('{"observed_at":1e300,"values":{"a":1}}', "bad-time"),
        ('{"observed_at":true,"values":{"a":1}}', "not-a-number"),
        ('{"values":{"a":1},"units":{"a":"' + "m" * 17 + '"}}', "bad-text"),
        ("{" + " " * 65536 + "}", "too-large"),
        (json.dumps({"values": {f"p{n}": n for n in range(201)}}), "too-many-properties"),
    ],
)
def test_each_fault_is_refused_by_name(payload: bytes | str, expected: str) -> None:
    assert reason(payload) == expected


def read_or_refuse(payload: bytes, kind: str) -> list[Decoded]:
    try:
        return decode(payload, kind)
    except Undecodable:
        return []


VALUES = st.one_of(st.integers(), st.floats(), st.booleans(), st.none(), st.text(max_size=5))
TREES = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner),
    max_leaves=15,
)
BODIES = st.fixed_dictionaries(
    {"values": st.dictionaries(st.text(max_size=8), VALUES) | TREES},
    optional={
        "observed_at": st.datetimes().map(str) | VALUES,
        "drill": VALUES,
        "units": TREES,
        "id": VALUES,
    },
)


@given(st.sampled_from(["telemetry", "detection", "status"]), st.binary(max_size=200))
@example("telemetry", b"[" * 60000)
@example("telemetry", b'{"values":' * 6000)
def test_bytes_are_read_or_refused_and_never_anything_else(kind: str, payload: bytes) -> None:
    items = read_or_refuse(payload, kind)

    assert all(isinstance(item, Reading | Detection | StatusChange) for item in items)


@given(
    TREES
    | BODIES
    | st.lists(
        st.dictionaries(
            st.sampled_from(["n", "bn", "v", "t", "bt", "u", "bu", "vs", "vb", "bver", "bv", "x_"]),
            VALUES,
        )
    )
)
def test_json_is_read_or_refused_and_never_anything_else(tree: Any) -> None:
    payload = json.dumps(tree).encode()
    for kind in ("telemetry", "detection", "status"):
        items = read_or_refuse(payload, kind)

        assert all(item.observed_at.tzinfo is not None for item in items)


@given(BODIES)
def test_the_fast_reader_says_what_the_strict_one_says(body: dict[str, Any]) -> None:
    payload = json.dumps(body).encode()
    if _plainly_well_formed(payload) is None:
        return

    def answer(strict: bool) -> object:
        try:
            if strict:
                return _from_members("d", json_object(payload), RECEIVED)
            return decode_telemetry("d", payload, RECEIVED)
        except Undecodable as error:
            return error.reason

    assert answer(strict=True) == answer(strict=False)


def test_the_fast_reader_takes_ordinary_telemetry() -> None:
    at = (RECEIVED + timedelta(seconds=1)).isoformat()
    payload = f'{{"observed_at":"{at}","values":{{"a":1}},"units":{{"a":"m"}},"drill":true}}'

    assert _plainly_well_formed(payload.encode()) is not None
    assert _plainly_well_formed(payload.replace('"a":1', '"a":1,"a":2').encode()) is None
