"""Taking room, sites and ports for occurrences: all of them or none, always in one order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, delete, func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from conferencing.domain.conflicts import BusyBlock
from conferencing.domain.conflicts import PortUse as PortSpan
from conferencing.domain.interval import Interval
from conferencing.models import Conference, Hold, Occurrence, PortUse, Resource, Room
from hub.clock import local
from hub.db import dialect_name
from hub.errors import LostRace

ACTIVE: Final = ("held", "confirmed")
# No hold is longer (checked in the database); the bound lets an index skip the past.
LONGEST: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class BusyRow:
    """One taken span of a resource and the conference that took it."""

    block: BusyBlock
    conference_id: int
    occurrence_id: int
    priority: int
    is_drill: bool = False


def overlapping(
    starts: InstrumentedAttribute[object] | ColumnElement[object],
    ends: InstrumentedAttribute[object] | ColumnElement[object],
    window: Interval,
) -> list[ColumnElement[bool]]:
    """Return the conditions "shares a moment with the window"."""
    return [starts < window.end, starts > window.start - LONGEST, ends > window.start]


def busy_rows(
    session: Session,
    resource_ids: Iterable[int],
    window: Interval,
    ignore_conference_id: int | None = None,
) -> list[BusyRow]:
    """Return what is taken of the resources inside the window, and by whom."""
    query = (
        select(
            Resource.code,
            Hold.starts_at,
            Hold.ends_at,
            Conference.code.label("conference"),
            Conference.title,
            Conference.id.label("conference_id"),
            Hold.occurrence_id,
            Conference.priority,
            Conference.is_drill,
        )
        .join(Resource, Resource.id == Hold.resource_id)
        .join(Occurrence, Occurrence.id == Hold.occurrence_id)
        .join(Conference, Conference.id == Occurrence.conference_id)
        .where(*_taken(sorted(set(resource_ids)), window, ignore_conference_id))
    )
    return [
        BusyRow(
            BusyBlock(row.code, Interval(row.starts_at, row.ends_at), row.conference, row.title),
            row.conference_id,
            row.occurrence_id,
            row.priority,
            row.is_drill,
        )
        for row in session.execute(query)
    ]


def _taken(
    resource_ids: Sequence[int], window: Interval, ignore: int | None
) -> list[ColumnElement[bool]]:
    """Return what makes a hold count: the same as in the guard of the database."""
    wanted = [
        Hold.resource_id.in_(resource_ids),
        Hold.state.in_(ACTIVE),
        *overlapping(Hold.starts_at, Hold.ends_at, window),
    ]
    if ignore is not None:
        own = select(Occurrence.id).where(Occurrence.conference_id == ignore)
        wanted.append(Hold.occurrence_id.not_in(own))
    return wanted


def busy_spans(
    session: Session, resource_ids: Sequence[int], window: Interval, ignore: int | None = None
) -> dict[str, list[Interval]]:
    """Return the taken spans by resource code."""
    ids = sorted(set(resource_ids))
    codes = dict(list(session.execute(_codes(ids))))
    spans, pairs = spans_and_takers(session, ids, window, ignore)
    found: dict[str, list[Interval]] = {}
    for resource_id, occurrence_id in pairs:
        found.setdefault(codes[resource_id], []).append(spans[occurrence_id])
    return found


def _codes(resource_ids: Sequence[int]) -> Select[int, str]:
    return select(Resource.id, Resource.code).where(Resource.id.in_(resource_ids))


def spans_and_takers(
    session: Session, resource_ids: Sequence[int], window: Interval, ignore: int | None = None
) -> tuple[dict[int, Interval], list[tuple[int, int]]]:
    """Return the span of each occurrence, and (resource id, occurrence id) of each hold.

    All holds of an occurrence have one span, so ten thousand holds cost some dozens of moments.
    """
    wanted = _taken(resource_ids, window, ignore)
    times = (
        select(Hold.occurrence_id, func.min(Hold.starts_at), func.max(Hold.ends_at))
        .where(*wanted)
        .group_by(Hold.occurrence_id)
    )
    spans = {id_: Interval(starts, ends) for id_, starts, ends in session.execute(times)}
    takers = session.execute(select(Hold.resource_id, Hold.occurrence_id).where(*wanted))
    return spans, [(resource, occurrence) for resource, occurrence in takers if occurrence in spans]


def port_spans(
    session: Session,
    bridge_id: int,
    window: Interval,
    ignore: int | None = None,
    freed: Mapping[int, int] | None = None,
) -> list[PortSpan]:
    """Return the uses of a bridge's ports inside the window.

    ``freed`` says how many ports an occurrence, by its id, would give back.
    """
    return port_uses(session, [bridge_id], window, ignore, freed).get(bridge_id, [])


def port_uses(
    session: Session,
    bridge_ids: Sequence[int],
    window: Interval,
    ignore: int | None = None,
    freed: Mapping[int, int] | None = None,
) -> dict[int, list[PortSpan]]:
    """Return the uses of ports by bridge, as ``port_spans`` does for one."""
    query = select(
        PortUse.bridge_id, PortUse.occurrence_id, PortUse.starts_at, PortUse.ends_at, PortUse.ports
    ).where(
        PortUse.bridge_id.in_(bridge_ids),
        PortUse.state.in_(ACTIVE),
        *overlapping(PortUse.starts_at, PortUse.ends_at, window),
    )
    if ignore is not None:
        own = select(Occurrence.id).where(Occurrence.conference_id == ignore)
        query = query.where(PortUse.occurrence_id.not_in(own))
    given_back = freed or {}
    found: dict[int, list[PortSpan]] = {}
    for bridge_id, occurrence_id, starts, ends, ports in session.execute(query):
        left = ports - given_back.get(occurrence_id, 0)
        found.setdefault(bridge_id, []).append(PortSpan(Interval(starts, ends), left))
    return found


LOCK_SPACE = 0x4E4352  # "NCR": advisory locks (this, room * 100000 + day)
EXCLUSION_VIOLATION: Final = "23P01"
CHECK_VIOLATION: Final = "23514"


class TakenMeanwhile(LostRace):
    """Somebody else's booking was committed first; the transaction is lost, names are to come."""


def lock_room(session: Session, room: Room, occurrences: Iterable[Occurrence]) -> None:
    """Let bookings of one room on one day queue; see ``lock_spans``."""
    lock_spans(session, room, [span_of(occurrence) for occurrence in occurrences])


def lock_spans(session: Session, room: Room, spans: Iterable[Interval]) -> None:
    """Take the room's locks for the days of the spans, so that the check sees the winner.

    Without it two inserts of overlapping holds may wait for each other on PostgreSQL and one
    dies as deadlock victim after a second. SQLite has one writer at a time anyway.
    """
    if dialect_name(session) != "postgresql":
        return
    days = sorted({local(span.start).date().toordinal() for span in spans})
    keys = [room.id * 10_000_000 + day for day in days]
    session.execute(
        text(
            "SELECT pg_advisory_xact_lock(key) FROM "
            "(SELECT unnest(cast(:keys AS bigint[])) AS key ORDER BY 1) AS wanted"
        ),
        {"keys": [LOCK_SPACE * 10**12 + key for key in keys]},
    )


def is_buffered(conference: Conference) -> bool:
    """Whether set-up time is held before it; an emergency takes what it can get."""
    return conference.priority > 0


def take(session: Session, conference: Conference, occurrences: Iterable[Occurrence]) -> None:
    """Hold room and sites, then the ports, for the occurrences that take place.

    Raises:
        TakenMeanwhile: the database refused; the transaction cannot go on.
    """
    going = [o for o in occurrences if o.status != "CANCELLED"]
    if not going:
        return
    site_ids = [row.site_id for row in conference.sites]
    before = timedelta(minutes=conference.room.buffer_minutes if is_buffered(conference) else 0)
    with taken_as_conflict():
        session.flush()
        rows = _hold_rows(going, sorted([conference.room_id, *site_ids]), before)
        session.execute(insert(Hold), rows)
        # The bridge's row lock comes last: it is held to the end of the transaction.
        session.execute(insert(PortUse), _port_rows(conference, going, len(site_ids), before))


def _hold_rows(
    occurrences: list[Occurrence], resource_ids: list[int], before: timedelta
) -> list[dict[str, Any]]:
    return [
        {
            "occurrence_id": occurrence.id,
            "resource_id": resource_id,
            "starts_at": occurrence.starts_at - before,
            "ends_at": occurrence.ends_at,
            "state": "confirmed",
        }
        for resource_id in resource_ids
        for occurrence in occurrences
    ]


def _port_rows(
    conference: Conference, occurrences: list[Occurrence], ports: int, before: timedelta
) -> list[dict[str, Any]]:
    return [
        {
            "occurrence_id": occurrence.id,
            "bridge_id": conference.room.bridge_id,
            "starts_at": occurrence.starts_at - before,
            "ends_at": occurrence.ends_at,
            "ports": ports,
            "state": "confirmed",
        }
        for occurrence in occurrences
    ]


def give_back(session: Session, occurrence_ids: Iterable[int]) -> None:
    """Release everything the occurrences hold."""
    ids = list(occurrence_ids)
    if not ids:
        return
    session.flush()
    session.execute(delete(Hold).where(Hold.occurrence_id.in_(ids)))
    session.execute(delete(PortUse).where(PortUse.occurrence_id.in_(ids)))


def span_of(occurrence: Occurrence) -> Interval:
    """Return when an occurrence takes place."""
    return Interval(occurrence.starts_at, occurrence.ends_at)


@contextmanager
def taken_as_conflict() -> Iterator[None]:
    """Turn the refusal of an overlapping hold or of a port too many into TakenMeanwhile."""
    try:
        yield
    except IntegrityError as error:
        if not is_taken(error):
            raise
        raise TakenMeanwhile(_("Phòng, điểm cầu hoặc cổng MCU vừa có người đặt.")) from error


def is_taken(error: IntegrityError) -> bool:
    """Whether a guard of holds or of ports refused, on either database."""
    state = getattr(error.orig, "sqlstate", None)
    if state == EXCLUSION_VIOLATION:
        return True
    text = str(error.orig)
    if state is None or state == CHECK_VIOLATION:
        return "hold_overlap" in text or "bridge_ports" in text
    return False
