import json
from datetime import UTC, datetime, timedelta

import pytest

from smartcity.decoders.limits import Undecodable
from smartcity.decoders.native import decode_telemetry
from smartcity.decoders.senml import Record, resolve
from smartcity.domain.reading import Reading

RECEIVED = datetime(2020, 10, 19, tzinfo=UTC)


def decode(pack: object, device: str = "tram") -> list[Reading]:
    items = decode_telemetry(device, json.dumps(pack).encode(), RECEIVED)
    return [item for item in items if isinstance(item, Reading)]


def test_base_fields_apply_to_the_records_after_them() -> None:
    pack = [
        {"bn": "tram:", "bt": 1276020076.001, "bu": "A", "bver": 5, "n": "u", "u": "V", "v": 120},
        {"n": "i", "t": -5, "v": 1.2},
        {"n": "i", "t": 0, "v": 1.7},
    ]

    assert list(resolve(pack)) == [
        Record("tram:u", 120.0, "V", 1276020076.001),
        Record("tram:i", 1.2, "A", 1276020071.001),
        Record("tram:i", 1.7, "A", 1276020076.001),
    ]
    assert [reading.prop for reading in decode(pack)] == ["u", "i", "i"]


def test_times_below_two_to_the_28th_are_relative_to_now() -> None:
    (past, present, absolute) = decode(
        [{"n": "a", "v": 1, "t": -60}, {"n": "b", "v": 2}, {"n": "c", "v": 3, "t": 2**28}]
    )

    assert past.observed_at == RECEIVED - timedelta(minutes=1)
    assert present.observed_at == RECEIVED
    assert absolute.observed_at == datetime(1978, 7, 4, 21, 24, 16, tzinfo=UTC)


def test_base_value_is_added() -> None:
    assert [r.value for r in decode([{"bn": "tram:", "bv": 20, "n": "t", "v": 1.5}])] == [21.5]


def test_text_boolean_and_data_are_not_numbers_and_are_passed_over() -> None:
    pack = [
        {"bn": "tram:", "n": "temp", "v": 23.1, "u": "Cel"},
        {"n": "label", "vs": "Phòng máy"},
        {"n": "open", "vb": False},
        {"n": "raw", "vd": "aGkgCg"},
    ]

    assert [(r.prop, r.value, r.unit) for r in decode(pack)] == [("temp", 23.1, "Cel")]


def test_one_name_with_several_units_is_several_properties() -> None:
    pack = [{"bn": "tram", "v": 24.3, "u": "lon"}, {"v": 60.1, "u": "lat"}]

    assert [r.prop for r in decode(pack)] == ["lon", "lat"]


@pytest.mark.parametrize(
    ("pack", "reason"),
    [
        ([], "not-a-pack"),
        ([{"n": "level", "v": 1e27}], "number-out-of-range"),
        ([{"n": "level", "bv": 9e15, "v": 9e15}], "number-out-of-range"),
        ([1], "not-an-object"),
        ([{"v": 1}], "no-name"),
        ([{"n": "a"}], "no-values"),
        ([{"n": "a", "v": True}], "not-a-number"),
        ([{"n": "a", "v": "1"}], "not-a-number"),
        ([{"n": "a", "v": 1, "vs": "x"}], "several-values"),
        ([{"n": "a", "v": 1, "new_": 1}], "must-understand-field"),
        ([{"n": "a", "v": 1, "bver": 11}], "senml-version"),
        ([{"n": 5, "v": 1}], "bad-text"),
        ([{"n": "a", "v": 1, "t": 1e300}], "bad-time"),
        ([{"n": "a", "v": 1, "t": -1e15}], "bad-time"),
        ([{"n": "x/a", "v": 1}, {"n": "y/a", "v": 2}], "ambiguous-name"),
        ([{"n": "a", "v": 1}] * 201, "too-many-properties"),
    ],
)
def test_faulty_packs_are_refused(pack: object, reason: str) -> None:
    with pytest.raises(Undecodable) as refused:
        decode(pack)

    assert refused.value.reason == reason
