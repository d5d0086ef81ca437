"""Which decoder reads which topic: the native kinds, and a place for other formats.

A source profile names a decoder of `FORMATS`; the native topics find theirs by kind.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from smartcity.decoders.detection import decode_detection
from smartcity.decoders.limits import Undecodable, checked_size
from smartcity.decoders.native import decode_telemetry
from smartcity.domain.reading import Decoded, StatusChange
from smartcity.domain.topics import Topic, TopicError, TopicKind, parse_topic

_WORDS: Final = {b"online": True, b"offline": False}


def decode_status(device: str, payload: bytes, received_at: datetime) -> list[Decoded]:
    """The device's presence at `received_at`: a last will is written long before it is sent.

    Raises:
        Undecodable: any other word.
    """
    online = _WORDS.get(checked_size(payload).strip().lower())
    if online is None:
        raise Undecodable("unknown-status", ascii(payload[:20]))
    return [StatusChange(device, online, received_at)]


# (device code, payload, received_at): what the native topics have left to say.
KindDecoder = Callable[[str, bytes, datetime], list[Decoded]]
# (topic, payload, received_at): a foreign format finds its device code by itself.
FormatDecoder = Callable[[str, bytes, datetime], list[Decoded]]

BY_KIND: Final[dict[TopicKind, KindDecoder]] = {
    TopicKind.TELEMETRY: decode_telemetry,
    TopicKind.DETECTION: decode_detection,
    TopicKind.STATUS: decode_status,
}


def decode(topic: Topic, payload: bytes, received_at: datetime) -> list[Decoded]:
    """Read a message whose topic is already taken apart.

    Raises:
        Undecodable: the payload is not what its topic promises.
    """
    return BY_KIND[topic.kind](topic.device_code, payload, received_at)


def decode_native(topic: str, payload: bytes, received_at: datetime) -> list[Decoded]:
    """Read a message on a native topic.

    Raises:
        Undecodable: the topic is not ours, or the payload is not what it promises.
    """
    try:
        parsed = parse_topic(topic)
    except TopicError as error:
        raise Undecodable(error.reason, topic[:100]) from None
    return decode(parsed, payload, received_at)


FORMATS: Final[dict[str, FormatDecoder]] = {"native": decode_native}
