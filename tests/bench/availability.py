"""Availability: 160 sites over a month, as the timeline and the API give it."""

import gzip
import json
import time
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, insert, select

from conferencing.availability.queries import busy_minutes, heat_of
from conferencing.availability.slots import TimeQuestion, find_times
from conferencing.domain.interval import Interval
from conferencing.models import Conference, Hold, Occurrence, Room, Site
from conferencing.places.rooms.queries import usable_rooms
from conferencing.places.sites.queries import visible_sites
from conferencing.timeline.axis import make_axis
from conferencing.timeline.rows import RowMaker, Wanted
from hub.clock import TZ, local, now
from hub.db import db, read_session, transaction
from tests.bench.houses import House, houses
from tests.bench.row import Row, median_row

RUNS: Final = 15
DAYS: Final = 31
A_DAY: Final = 2


def measure() -> list[Row]:
    """All figures of availability on both databases."""
    rows: list[Row] = []
    with houses() as found:
        for house in found:
            holds = _fill()
            rows += _rows(house, holds)
    return rows


def _start() -> datetime:
    today = local(now()).date()
    return datetime(today.year + 2, 1, 1, tzinfo=TZ)


def _fill() -> int:
    """Two conferences a day for every site: far busier than a province is."""
    with transaction() as session:
        conference = session.scalars(select(Conference)).first()
        if conference is None:
            raise LookupError("the demo has no conference")
        times = [
            _start() + timedelta(days=day, hours=8 + 6 * half)
            for day in range(DAYS)
            for half in range(A_DAY)
        ]
        occurrences = [
            Occurrence(
                conference_id=conference.id,
                recurrence_id=start,
                starts_at=start,
                ends_at=start + timedelta(hours=2),
                status="CONFIRMED",
                sequence=0,
                is_moved=False,
            )
            for start in times
        ]
        session.add_all(occurrences)
        session.flush()
        sites = list(session.scalars(select(Site.id)))
        session.execute(insert(Hold), [_hold(o, s) for o in occurrences for s in sites])
        total = session.scalar(select(func.count()).select_from(Hold)) or 0
    db.session.remove()
    return total


def _hold(occurrence: Occurrence, site_id: int) -> dict[str, Any]:
    return {
        "occurrence_id": occurrence.id,
        "resource_id": site_id,
        "starts_at": occurrence.starts_at,
        "ends_at": occurrence.ends_at,
        "state": "confirmed",
    }


def _rows(house: House, holds: int) -> list[Row]:
    window = Interval(_start(), _start() + timedelta(days=DAYS))
    first = _start().date()
    axis = make_axis("week", first, first, [])
    times: dict[str, list[float]] = {"timeline": [], "minutes": [], "heat": [], "find": []}
    sizes: dict[str, str] = {}
    for _run in range(RUNS):
        db.session.remove()
        session = read_session()
        began = time.perf_counter()
        lanes = RowMaker(session, house.actor, axis, Wanted()).make()
        times["timeline"].append((time.perf_counter() - began) * 1000)
        sizes["timeline"] = _size([asdict(lane) for lane in lanes.units])
        sites = visible_sites(session, house.actor)
        began = time.perf_counter()
        busy = busy_minutes(session, sites, window)
        times["minutes"].append((time.perf_counter() - began) * 1000)
        sizes["minutes"] = _size(busy)
        began = time.perf_counter()
        cells = heat_of(session, sites, window)
        times["heat"].append((time.perf_counter() - began) * 1000)
        sizes["heat"] = _size([cell.free for cell in cells])
        began = time.perf_counter()
        answer = find_times(session, _question(sites, usable_rooms(session, house.actor)))
        best = answer.best(7)
        times["find"].append((time.perf_counter() - began) * 1000)
        sizes["find"] = f"{len(answer.slots)} slots; the best {len(best)} ranked"
    names = {
        "timeline": "160 sites, the rows of a timeline's week",
        "minutes": "160 sites, a month to the minute",
        "heat": "160 sites, a month of half hours",
        "find": "find a time, 160 sites, two weeks of half hours",
    }
    return [
        median_row(name, house.database, times[key], "ms", target=50, note=_note(holds, sizes[key]))
        for key, name in names.items()
    ]


def _question(sites: list[Site], rooms: list[Room]) -> TimeQuestion:
    """Half the sites must be there, half should be; any hour from six to ten at night."""
    half = len(sites) // 2
    return TimeQuestion(
        tuple(sites[:half]),
        tuple(sites[half:]),
        tuple(room for room in rooms if room.capacity >= len(sites)),
        timedelta(minutes=90),
        _start().date(),
        14,
        hours="any",
        days_off=True,
    )


def _note(holds: int, size: str) -> str:
    return f"{holds:,} holds; {size}"


def _size(answer: object) -> str:
    raw = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    return f"{len(raw) / 1000:.0f} kB, {len(gzip.compress(raw)) / 1000:.0f} kB gzipped"
