"""Two people, one object: kept rows count their changes, and a change names what it was made from.

The count is ours and not SQLAlchemy's ``version_id_col``, because that one rises with any column
(a sign-in, a feed's cached bytes, what ingest notes of a device) and with no part of a whole (the
sites of a conference). Here a class names what does not count, and a part names its whole. Core
updates, such as those of ingest, never count.
"""

from typing import Any, ClassVar

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.db import dialect_name
from hub.errors import NotFound, Stale

# The versions a change may be made from; None when its maker did not say.
Seen = frozenset[int] | None


class Versioned:
    """A row whose ``version`` rises with each change that people would want to hear of.

    ``uncounted`` names the columns and relationships that change besides: what others note.
    """

    uncounted: ClassVar[frozenset[str]] = frozenset()
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class PartOfVersioned:
    """A row that belongs to another; its changes raise the version of the ``whole``."""

    whole: ClassVar[str]
    uncounted: ClassVar[frozenset[str]] = frozenset()


def claim(session: Session, row: Versioned, seen: Seen = None) -> None:
    """Let changes of one row queue, and read it again, parts and all, as the last one left it.

    Comes before anything that the change depends on. SQLite has one writer at a time anyway,
    and its transaction has read nothing before. Bookings may refer to the row meanwhile.

    Raises:
        Stale: the change was made from a version that is not the present one.
        NotFound: it is gone.
    """
    if dialect_name(session) == "postgresql":
        state = inspect(row)
        key, own = state.mapper.base_mapper.primary_key[0], state.identity[0]
        query = select(key).where(key == own).with_for_update(key_share=True)
        if session.scalar(query) is None:
            raise NotFound("")
        session.refresh(row)
    if seen is not None and row.version not in seen:
        raise Stale(row.version)


def _raise_versions(session: Session, _context: object, _instances: object) -> None:
    changed = {id(whole): whole for row in session.dirty for whole in _changed_whole(row)}
    for whole in changed.values():
        whole.version += 1


def _changed_whole(row: Any) -> list[Versioned]:
    if not isinstance(row, Versioned | PartOfVersioned) or not _is_changed(row):
        return []
    whole = row if isinstance(row, Versioned) else getattr(row, row.whole)
    return [whole] if whole is not None and inspect(whole).persistent else []


def _is_changed(row: Versioned | PartOfVersioned) -> bool:
    uncounted = row.uncounted | {"version"}
    return any(
        attribute.key not in uncounted and attribute.history.has_changes()
        for attribute in inspect(row).attrs
    )


event.listen(Session, "before_flush", _raise_versions)
