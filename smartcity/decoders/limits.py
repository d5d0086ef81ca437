"""What no payload may be, whatever its format: the one strict door for JSON.

The standard library's parser would take NaN, keep the last of two equal keys and read integers no
float can hold; each of these turns one wrong byte into a wrong number on the wall.
"""

import json
import math
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

MAX_BYTES: Final = 64 * 1024
MAX_DEPTH: Final = 16
MAX_PROPERTIES: Final = 200
MAX_INTEGER: Final = 2**53
MAX_TEXT: Final = 1000
_PROP: Final = re.compile(r"[0-9A-Za-z_%][0-9A-Za-z_.%:\-]{0,59}")


class Undecodable(ValueError):
    """The payload cannot be read; `reason` is a stable word, `detail` helps the vendor."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


def checked_size(payload: bytes) -> bytes:
    """The payload itself, unless it is empty or longer than 64 KB."""
    if not payload:
        raise Undecodable("empty")
    if len(payload) > MAX_BYTES:
        raise Undecodable("too-large", f"{len(payload)} bytes")
    return payload


def strict_json(payload: bytes) -> object:
    """Parse JSON within every limit of this module.

    Raises:
        Undecodable: size, encoding, syntax, depth, duplicate keys, or a number out of range.
    """
    try:
        text = checked_size(payload).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Undecodable("not-utf8", f"byte {error.start}") from None
    try:
        value: object = _DECODER.decode(text)
    except Undecodable:
        raise
    except RecursionError:
        raise Undecodable("too-deep") from None
    except ValueError as error:
        raise Undecodable("not-json", str(error)[:100]) from None
    _check_tree(value)
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Undecodable("duplicate-key")
    if len(pairs) > MAX_PROPERTIES:
        raise Undecodable("too-many-properties", str(len(pairs)))
    return members


def _integer(digits: str) -> int:
    # Length first: turning 60,000 digits into an int would cost seconds.
    if len(digits) > 17 or abs(int(digits)) > MAX_INTEGER:
        raise Undecodable("number-out-of-range", digits[:20])
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise Undecodable("number-out-of-range", digits[:20])
    return value


def _constant(name: str) -> object:
    raise Undecodable("number-not-finite", name)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_float,
    parse_constant=_constant,
)


def _check_tree(root: object) -> None:
    todo = [(root, 1)]
    while todo:
        value, depth = todo.pop()
        if isinstance(value, str):
            _check_text(value)
        elif isinstance(value, dict | list):
            if depth > MAX_DEPTH:
                raise Undecodable("too-deep")
            if isinstance(value, dict):
                todo.extend((key, depth) for key in value)
            inner = value.values() if isinstance(value, dict) else value
            todo.extend((item, depth + 1) for item in inner)


def _check_text(text: str) -> None:
    # Escapes may smuggle in what no database stores: NUL and lone surrogates.
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise Undecodable("bad-text", "lone surrogate")
    if "\x00" in text:
        raise Undecodable("bad-text", "NUL")


def json_object(payload: bytes) -> dict[str, object]:
    """A JSON object, or Undecodable."""
    value = strict_json(payload)
    if not isinstance(value, dict):
        raise Undecodable("not-an-object")
    return value


def real(value: object, name: str) -> float:
    """A finite number of any size; a boolean, text or null is not one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Undecodable("not-a-number", name[:64])
    return float(value)


def number(value: object, name: str) -> float:
    """A value that can mean something: a real number within what integers may be.

    A sensor that is broken sends the largest float there is; no page could write it down.
    """
    found = real(value, name)
    if not -MAX_INTEGER <= found <= MAX_INTEGER:
        raise Undecodable("number-out-of-range", name[:64])
    return found


def text(value: object, name: str, longest: int = MAX_TEXT) -> str:
    """Non-empty printable text of bounded length."""
    if not isinstance(value, str):
        raise Undecodable("not-text", name)
    if not value or len(value) > longest or not value.isprintable():
        raise Undecodable("bad-text", name)
    return value


def optional_text(members: dict[str, object], name: str, longest: int = MAX_TEXT) -> str | None:
    """Text of a member that may be missing or null."""
    value = members.get(name)
    return None if value is None else text(value, name, longest)


def optional_instant(members: dict[str, object], name: str) -> datetime | None:
    """Instant of a member that may be missing or null."""
    value = members.get(name)
    return None if value is None else instant(value, name)


# The same few names come with every message.
@lru_cache(maxsize=4096)
def prop_name(name: str) -> str:
    """A property name that can stand in rules, charts and exports."""
    if not _PROP.fullmatch(name):
        raise Undecodable("bad-property-name", name[:64].encode("unicode_escape").decode())
    return name


def flag(members: dict[str, object], name: str) -> bool:
    """A boolean member, false when missing."""
    value = members.get(name, False)
    if not isinstance(value, bool):
        raise Undecodable("not-a-boolean", name)
    return value


def instant(value: object, name: str = "observed_at") -> datetime:
    """ISO 8601 with an offset, or seconds since 1970, as an aware UTC instant."""
    try:
        if isinstance(value, str):
            return _aware(datetime.fromisoformat(value), name)
        return datetime.fromtimestamp(real(value, name), UTC)
    except Undecodable:
        raise
    except (ValueError, OverflowError, OSError):
        raise Undecodable("bad-time", f"{name}={str(value)[:40]!r}") from None


def _aware(moment: datetime, name: str) -> datetime:
    if moment.tzinfo is None:
        raise Undecodable("time-without-offset", name)
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
