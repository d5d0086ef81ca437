"""What the native topics carry: telemetry, detections and presence, each read by its kind.

Telemetry is `{"observed_at", "values": {property: number}, "units"?, "drill"?}` or a SenML pack. It
has two readers with one answer: a strict one that names every fault, and in front of it a fast one
for payloads that are plainly well formed. The fast one takes a payload only when the quotes it can
account for are all the quotes there are; a repeated or unknown key, or an escape, adds some, and
then the strict reader decides.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

from smartcity.decoders import senml
from smartcity.decoders.detection import decode_detection
from smartcity.decoders.limits import (
    MAX_BYTES,
    MAX_INTEGER,
    MAX_PROPERTIES,
    Undecodable,
    checked_size,
    flag,
    instant,
    json_object,
    number,
    prop_name,
    text,
)
from smartcity.domain.reading import Decoded, Reading, StatusChange
from smartcity.domain.topics import Topic, TopicKind

MAX_UNIT: Final = 16
_ONLINE: Final = {b"online": True, b"offline": False}


class _Plain(msgspec.Struct, gc=False):
    values: dict[str, float]
    observed_at: str | float | msgspec.UnsetType = msgspec.UNSET
    id: str | msgspec.UnsetType = msgspec.UNSET
    units: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    drill: bool | msgspec.UnsetType = msgspec.UNSET


_PLAIN: Final = msgspec.json.Decoder(_Plain)


def decode_telemetry(device: str, payload: bytes, received_at: datetime) -> list[Decoded]:
    """Readings of a native object or of a SenML pack; a missing time means `received_at`.

    Raises:
        Undecodable: see `smartcity.decoders.limits`.
    """
    plain = _plainly_well_formed(payload)
    if plain is not None:
        return _from_plain(device, plain, received_at)
    if payload.lstrip()[:1] == b"[":
        return senml.decode_pack(device, payload, received_at)
    return _from_members(device, json_object(payload), received_at)


def _plainly_well_formed(payload: bytes) -> _Plain | None:
    if len(payload) > MAX_BYTES or b"\\" in payload:
        return None
    try:
        plain = _PLAIN.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    values = plain.values
    if payload.count(b'"') != _quotes(plain) or len(values) > MAX_PROPERTIES or not values:
        return None
    for value in values.values():
        # At the limit itself a float cannot tell 2^53 from 2^53 + 1.
        if not -MAX_INTEGER < value < MAX_INTEGER:
            return None
    return plain


def _quotes(plain: _Plain) -> int:
    quoted = 1 + len(plain.values)
    if plain.observed_at is not msgspec.UNSET:
        quoted += 2 if isinstance(plain.observed_at, str) else 1
    if plain.id is not msgspec.UNSET:
        quoted += 2
    if plain.units is not msgspec.UNSET:
        quoted += 1 + 2 * len(plain.units)
    if plain.drill is not msgspec.UNSET:
        quoted += 1
    return 2 * quoted


def _from_plain(device: str, plain: _Plain, received_at: datetime) -> list[Decoded]:
    at = received_at if plain.observed_at is msgspec.UNSET else instant(plain.observed_at)
    units = {} if plain.units is msgspec.UNSET else plain.units
    drill = plain.drill is True
    return [
        Reading(device, prop_name(prop), value, _unit(units, prop), at, drill)
        for prop, value in plain.values.items()
    ]


def _unit(units: dict[str, str], prop: str) -> str | None:
    unit = units.get(prop) if units else None
    return None if unit is None else text(unit, "units", MAX_UNIT)


def _from_members(device: str, members: dict[str, object], received_at: datetime) -> list[Decoded]:
    values = members.get("values")
    if not isinstance(values, dict) or not values:
        raise Undecodable("no-values")
    stated = members.get("observed_at")
    at = received_at if stated is None else instant(stated)
    units = _units(members)
    drill = flag(members, "drill")
    return [
        Reading(device, prop_name(prop), number(value, prop), _unit(units, prop), at, drill)
        for prop, value in values.items()
    ]


def _units(members: dict[str, object]) -> dict[str, str]:
    units = members.get("units")
    if units is None:
        return {}
    if not isinstance(units, dict):
        raise Undecodable("not-an-object", "units")
    return {prop: text(unit, "units", MAX_UNIT) for prop, unit in units.items()}


def decode_status(device: str, payload: bytes, received_at: datetime) -> list[Decoded]:
    """The device's presence at `received_at`: a last will is written long before it is sent.

    Raises:
        Undecodable: any other word.
    """
    online = _ONLINE.get(checked_size(payload).strip().lower())
    if online is None:
        raise Undecodable("unknown-status", ascii(payload[:20]))
    return [StatusChange(device, online, received_at)]


_BY_KIND: Final[dict[TopicKind, Callable[[str, bytes, datetime], list[Decoded]]]] = {
    TopicKind.TELEMETRY: decode_telemetry,
    TopicKind.DETECTION: decode_detection,
    TopicKind.STATUS: decode_status,
}


def decode(topic: Topic, payload: bytes, received_at: datetime) -> list[Decoded]:
    """Read a message whose topic is already taken apart.

    Raises:
        Undecodable: the payload is not what its topic promises.
    """
    return _BY_KIND[topic.kind](topic.device_code, payload, received_at)
