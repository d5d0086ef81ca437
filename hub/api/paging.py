"""Lists: ``{"items": [...], "next": cursor or null}``, and the conditions that page them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel
from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.sql.elements import SQLCoreOperations

from hub.api.shapes import ApiAnswer
from hub.cursors import read_cursor, write_cursor
from hub.db import from_micros, to_micros

Item = TypeVar("Item", bound=BaseModel)
Row = TypeVar("Row")
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
