"""Lists: ``{"items": [...], "next": cursor or null}``."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from hub.api.shapes import ApiModel
from hub.http import encode_cursor

Item = TypeVar("Item", bound=ApiModel)
Row = TypeVar("Row")


class Page(ApiModel, Generic[Item]):
    """One page of a list; ``next`` is null on the last one."""

    items: list[Item]
    next: str | None = None


def page_of(
    rows: Sequence[Row], limit: int, show: Callable[[Row], Item], position: Callable[[Row], int]
) -> Page[Item]:
    """Build a page from up to ``limit + 1`` rows; the one too many says there is more."""
    shown = rows[:limit]
    more = len(rows) > limit
    following = encode_cursor(position(shown[-1])) if more and shown else None
    return Page(items=[show(row) for row in shown], next=following)
