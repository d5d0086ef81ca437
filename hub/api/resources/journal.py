"""The journal: what happened, in the order it was committed, inside the caller's area."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.actor import Scope, current_actor
from hub.access.models import OrgUnit
from hub.api import ApiAnswer, ApiModel, Instant, Page, operation
from hub.cursors import read_cursor, write_cursor
from hub.db import read_session
from hub.errors import FieldError, Invalid
from hub.journal import KINDS, JournalEntry, entries_since

CAPABILITY: Final = "operations.view"
# A caller with a small area skips foreign facts; one request looks at this many at most.
MOST_LOOKED_AT: Final = 5000


class Fact(ApiAnswer):
    """One fact; ``id`` is its ``seq``, ``data`` depends on the kind."""

    id: int
    seq: int
    at: Instant
    kind: str
    data: dict[str, Any]
    is_drill: bool


class JournalQuery(ApiModel):
    """``since`` is the last ``seq`` already seen; ``cursor`` goes on where a page ended."""

    since: Annotated[int, Field(ge=0, le=10**15)] = 0
    kind: Annotated[str, Field(max_length=40)] = ""
    cursor: Annotated[str, Field(max_length=80)] = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@operation(
    "GET",
    "/journal",
    tag="journal",
    summary="Read what happened since a sequence number",
    capability=CAPABILITY,
    response=Page[Fact],
    query=JournalQuery,
)
def read_journal(query: JournalQuery) -> Page[Fact]:
    """Facts in commit order: a reader that has seen ``seq`` n never meets n-1 later.

    ``next`` is null at the end of the journal; poll from there with ``since`` of the last item.
    A page may be empty and still have a ``next`` when many facts lie outside the caller's area.
    """
    _refuse_unknown(query.kind)
    session = read_session()
    scope = current_actor().scope_for(CAPABILITY)
    place = read_cursor(query.cursor, 1)
    seen, entries, is_end = _collect(session, scope, place[0] if place else query.since, query)
    return Page[Fact](items=[_to_schema(entry) for entry in entries], next=_next(seen, is_end))


def _refuse_unknown(kind: str) -> None:
    """A caller who misspells a kind would wait for ever."""
    if kind and kind not in KINDS.all():
        known = ", ".join(sorted(KINDS.all()))
        raise Invalid([FieldError("kind", _("Cần một trong: %(list)s.", list=known))])


def _next(seen: int, is_end: bool) -> str | None:
    return None if is_end else write_cursor([seen])


def _collect(
    session: Session, scope: Scope, since: int, query: JournalQuery
) -> tuple[int, Sequence[JournalEntry], bool]:
    """Return the last seq looked at, what of it is shown, and whether the journal ended there."""
    inside = None if scope.everything else _unit_ids(session, scope)
    found: list[JournalEntry] = []
    looked_at, seen = 0, since
    while looked_at < MOST_LOOKED_AT:
        batch = entries_since(session, seen, limit=500)
        for entry in batch:
            seen = entry.seq
            if _is_wanted(entry, inside, query.kind):
                found.append(entry)
            if len(found) == query.limit:
                return seen, found, seen == batch[-1].seq and len(batch) < 500
        looked_at += len(batch)
        if len(batch) < 500:
            return seen, found, True
    return seen, found, False


def _unit_ids(session: Session, scope: Scope) -> set[int]:
    return set(session.scalars(select(OrgUnit.id).where(scope.clause(OrgUnit.id))))


def _is_wanted(entry: JournalEntry, inside: set[int] | None, kind: str) -> bool:
    return (not kind or entry.kind == kind) and (
        inside is None or not inside.isdisjoint(entry.unit_ids)
    )


def _to_schema(entry: JournalEntry) -> Fact:
    return Fact(
        id=entry.seq,
        seq=entry.seq,
        at=entry.at,
        kind=entry.kind,
        data=entry.data,
        is_drill=entry.is_drill,
    )
