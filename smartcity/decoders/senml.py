"""SenML packs (RFC 8428): base fields resolved, relative times placed, numbers kept.

Text, boolean and data values are not numbers and are passed over; a field ending in "_" must be
understood by its reader (section 4.4), so a pack with one is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from smartcity.decoders.limits import (
    MAX_PROPERTIES,
    Undecodable,
    flag,
    instant,
    number,
    prop_name,
    real,
    strict_json,
)
from smartcity.domain.reading import Decoded, Reading

VERSION: Final = 10
RELATIVE_BELOW: Final = 2**28
_OTHER_VALUES: Final = ("vs", "vb", "vd")


@dataclass(slots=True)
class _Base:
    name: str = ""
    at: float = 0.0
    unit: str | None = None
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class Record:
    """A resolved record: full name, value, unit, seconds (absolute, or relative to now)."""

    name: str
    value: float
    unit: str | None
    seconds: float
    drill: bool = False


def decode_pack(device: str, payload: bytes, received_at: datetime) -> list[Decoded]:
    """Readings of one device's pack; the property is what the names add to the device's own.

    Raises:
        Undecodable: not a pack, too long, an unknown version, or names that mean two things.
    """
    records = list(resolve(strict_json(payload)))
    props = _props(device, records)
    return [
        Reading(device, prop, r.value, r.unit, _instant(r.seconds, received_at), r.drill)
        for r, prop in zip(records, props, strict=True)
    ]


def resolve(pack: object) -> Iterator[Record]:
    """Numeric records of a pack with the base fields applied (RFC 8428 section 4.6)."""
    if not isinstance(pack, list) or not pack:
        raise Undecodable("not-a-pack")
    if len(pack) > MAX_PROPERTIES:
        raise Undecodable("too-many-properties", str(len(pack)))
    base = _Base()
    for entry in pack:
        if not isinstance(entry, dict):
            raise Undecodable("not-an-object", "SenML record")
        record = _resolve_one(entry, base)
        if record is not None:
            yield record


def _resolve_one(entry: dict[str, object], base: _Base) -> Record | None:
    _check_fields(entry)
    _take_base(entry, base)
    name = base.name + _string(entry, "n", "")
    if not name:
        raise Undecodable("no-name")
    if "v" not in entry:
        if not any(field in entry for field in (*_OTHER_VALUES, "s")) and not _is_base_only(entry):
            raise Undecodable("no-values", name[:64])
        return None
    if any(field in entry for field in _OTHER_VALUES):
        raise Undecodable("several-values", name[:64])
    unit = _string(entry, "u", base.unit or "") or None
    seconds = base.at + _number(entry, "t")
    value = number(base.value + _number(entry, "v"), name)
    return Record(name, value, unit, seconds, flag(entry, "drill"))


def _check_fields(entry: dict[str, object]) -> None:
    if any(field.endswith("_") for field in entry):
        raise Undecodable("must-understand-field")
    if real(entry.get("bver", VERSION), "bver") > VERSION:
        raise Undecodable("senml-version")


def _take_base(entry: dict[str, object], base: _Base) -> None:
    base.name = _string(entry, "bn", base.name)
    base.unit = _string(entry, "bu", base.unit or "") or None
    base.at = _number(entry, "bt", base.at)
    base.value = _number(entry, "bv", base.value)


def _is_base_only(entry: dict[str, object]) -> bool:
    return bool(entry) and all(field.startswith("b") for field in entry)


def _string(entry: dict[str, object], name: str, missing: str) -> str:
    value = entry.get(name, missing)
    if not isinstance(value, str) or len(value) > 200 or not value.isprintable():
        raise Undecodable("bad-text", name)
    return value


def _number(entry: dict[str, object], name: str, missing: float = 0.0) -> float:
    return real(entry[name], name) if name in entry else missing


def _instant(seconds: float, received_at: datetime) -> datetime:
    if seconds >= RELATIVE_BELOW:
        return instant(seconds, "t")
    try:
        return (received_at + timedelta(seconds=seconds)).astimezone(UTC)
    except OverflowError:
        raise Undecodable("bad-time", f"t={seconds}") from None


def _props(device: str, records: list[Record]) -> list[str]:
    """One property per record; several units under one name are several properties."""
    units: dict[str, set[str | None]] = {}
    for record in records:
        units.setdefault(record.name, set()).add(record.unit)
    owners: dict[str, str] = {}
    props = []
    for record in records:
        prop = _last_part(device, record.name)
        if len(units[record.name]) > 1:
            prop = record.unit or prop
        if owners.setdefault(prop, record.name) != record.name:
            raise Undecodable("ambiguous-name", record.name[:64])
        props.append(prop_name(prop))
    return props


def _last_part(device: str, name: str) -> str:
    own = name.removeprefix(device).lstrip("/:.") if name.startswith(device) else name
    return (own or name).replace("/", ":").rstrip(":").rpartition(":")[2]
