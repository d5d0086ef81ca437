"""Presence: `online` or `offline`, usually retained and as last will."""

from datetime import datetime
from typing import Final

from smartcity.decoders.limits import Undecodable, checked_size
from smartcity.domain.reading import Decoded, StatusChange

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
