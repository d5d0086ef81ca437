"""Native MQTT topics: who speaks and what kind of message it is.

`city/<unit code>/<device code>/telemetry|detection|status`. Identity comes from the topic and
never from the payload, because only the topic is bound to the sender by the broker's ACL.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

PREFIX: Final = "city"
TOPIC_FILTER: Final = "city/#"
MAX_TOPIC_CHARS: Final = 200
_UNIT_CODE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,15}")
DEVICE_CODE: Final = r"[0-9A-Za-z][0-9A-Za-z._:\-]{0,63}"
_DEVICE_CODE: Final = re.compile(DEVICE_CODE)


class TopicKind(StrEnum):
    """The last level of a native topic."""

    TELEMETRY = "telemetry"
    DETECTION = "detection"
    STATUS = "status"


_KINDS: Final = {kind.value: kind for kind in TopicKind}


class TopicError(ValueError):
    """The topic is not one of ours; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Topic:
    """A native topic taken apart."""

    unit_code: str
    device_code: str
    kind: TopicKind

    def __str__(self) -> str:
        return f"{PREFIX}/{self.unit_code}/{self.device_code}/{self.kind.value}"


def parse_topic(topic: str) -> Topic:
    """Take a native topic apart.

    Raises:
        TopicError: wrong prefix, number of levels, code or kind.
    """
    parsed = _parse(topic)
    if isinstance(parsed, str):
        raise TopicError(parsed)
    return parsed


# Devices speak on the same few topics for years; errors are kept too, so that a misconfigured
# sender costs no more than a good one.
@lru_cache(maxsize=20_000)
def _parse(topic: str) -> Topic | str:
    if len(topic) > MAX_TOPIC_CHARS:
        return "topic-too-long"
    levels = topic.split("/")
    if levels[0] != PREFIX:
        return "topic-foreign-prefix"
    if len(levels) != 4:
        return "topic-wrong-number-of-levels"
    _, unit_code, device_code, kind = levels
    if not _UNIT_CODE.fullmatch(unit_code):
        return "topic-bad-unit-code"
    if not _DEVICE_CODE.fullmatch(device_code):
        return "topic-bad-device-code"
    if kind not in _KINDS:
        return "topic-unknown-kind"
    return Topic(unit_code, device_code, _KINDS[kind])


def topic_for(unit_code: str, device_code: str, kind: TopicKind) -> str:
    """The topic a device publishes on.

    Raises:
        TopicError: the codes cannot stand in a topic.
    """
    return str(parse_topic(f"{PREFIX}/{unit_code}/{device_code}/{kind.value}"))
