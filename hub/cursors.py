"""Where a list goes on: opaque cursors, the same for the pages and the API.

A cursor holds the numbers of the last row's place in the order, so a page is as fast at the end
of a list as at its beginning, and rows that come meanwhile shift nothing.
"""

import base64
import binascii
from collections.abc import Sequence
from typing import Final

from flask_babel import gettext as _

from hub.errors import FieldError, Invalid

VERSION: Final = "v1"
MOST_DIGITS: Final = 18


def write_cursor(numbers: Sequence[int]) -> str:
    """Return an opaque cursor for a place in an order."""
    text = ":".join([VERSION, *map(str, numbers)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, length: int) -> list[int] | None:
    """Return the numbers of a cursor; None when there is no cursor.

    Raises:
        Invalid: it is not a cursor of this list.
    """
    if not cursor:
        return None
    try:
        padded = (cursor + "=" * (-len(cursor) % 4)).encode("ascii")
        version, *parts = base64.b64decode(padded, b"-_", validate=True).decode("ascii").split(":")
    except (binascii.Error, ValueError):
        version, parts = "", []
    fits = version == VERSION and len(parts) == length
    if not fits or not all(part.isdecimal() and len(part) <= MOST_DIGITS for part in parts):
        raise Invalid([FieldError("cursor", _("Con trỏ trang không hợp lệ."))])
    return [int(part) for part in parts]
