"""Lists: ``{"items": [...], "next": cursor or null}``, and the cursors that page them.

A cursor holds the numbers of the last row's place in the order, so a page is as fast at the end
of a list as at its beginning, and rows that come meanwhile shift nothing.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from flask_babel import gettext as _
from pydantic import BaseModel
from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.sql.elements import SQLCoreOperations

from hub.api.shapes import ApiAnswer
from hub.db import from_micros, to_micros
from hub.errors import FieldError, Invalid

Item = TypeVar("Item", bound=BaseModel)
Row = TypeVar("Row")
VERSION: Final = "v1"
MOST_DIGITS: Final = 18
# 2200-01-01: no later instant is ever stored.
LAST_MICROS: Final = 7_258_118_400_000_000


class Page(ApiAnswer, Generic[Item]):
    """One page of a list; ``next`` is null on the last one."""

    items: list[Item]
    next: str | None = None


def page_of(
    rows: Sequence[Row], limit: int, show: Callable[[Row], Item], place: Callable[[Row], list[int]]
) -> Page[Item]:
    """Build a page from up to ``limit + 1`` rows; the one too many says there is more."""
    shown = rows[:limit]
    more = len(rows) > limit
    following = write_cursor(place(shown[-1])) if more and shown else None
    return Page[Item].model_construct(items=[show(row) for row in shown], next=following)


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


Column = SQLCoreOperations[Any]


def after_id(
    column: Column, cursor: str, *, newest_first: bool = False
) -> list[ColumnElement[Any]]:
    """Return the condition "after the cursor" of a list in the order of its ids."""
    place = read_cursor(cursor, 1)
    if place is None:
        return []
    return [column < place[0] if newest_first else column > place[0]]


def after_instant(
    instant: Column, row_id: Column, cursor: str, *, newest_first: bool = False
) -> list[ColumnElement[Any]]:
    """Return the condition "after the cursor" of a list in the order of an instant, then the id."""
    place = read_cursor(cursor, 2)
    if place is None:
        return []
    at, last_id = from_micros(min(place[0], LAST_MICROS)), place[1]
    if newest_first:
        return [or_(instant < at, and_(instant == at, row_id < last_id))]
    return [or_(instant > at, and_(instant == at, row_id > last_id))]


def instant_place(instant: datetime, row_id: int) -> list[int]:
    """Return the place of a row in such a list."""
    return [to_micros(instant), row_id]
