"""Feeds: a room with 10,000 conferences, read cold, warm, and not at all."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import insert, select

from conferencing.feeds.services import EXTENSION, create_feed, feed_document, feed_etag, find_feed
from conferencing.models import Conference, FeedToken
from hub.clock import now
from hub.db import db, read_session, transaction
from tests.bench.houses import House, houses
from tests.bench.row import Row, median_row

RUNS: Final = 15
CONFERENCES: Final = 10_000


def measure() -> list[Row]:
    """All figures of feeds on both databases."""
    rows: list[Row] = []
    with houses() as found:
        for house in found:
            with transaction() as session:
                secret = create_feed(session, house.actor, "room", "PH-04")[1]
            _fill(house)
            rows += _rows(house, secret)
    return rows


def _fill(house: House) -> None:
    with transaction() as session:
        template = session.scalars(select(Conference).where(Conference.rrule == "")).first()
        room_id = session.scalars(select(FeedToken.ref_id)).one()
        if template is None:
            raise LookupError("the demo has no conference")
        columns = [c.name for c in Conference.__table__.columns if c.name != "id"]
        values = {name: getattr(template, name) for name in columns}
        session.execute(insert(Conference), [_copy(values, room_id, n) for n in range(CONFERENCES)])
    db.session.remove()


def _copy(values: dict[str, Any], room_id: int, number: int) -> dict[str, Any]:
    uid = f"{number:08d}-0000-4000-8000-000000000000@127.0.0.1"
    start = now() + timedelta(hours=number)
    fragment: bytes = values["ical_fragment"]
    return {
        **values,
        "uid": uid,
        "code": f"HN-B-{number}",
        "room_id": room_id,
        "starts_at": start,
        "ends_at": start + timedelta(hours=1),
        "ical_fragment": fragment.replace(values["uid"].encode(), uid.encode()),
    }


def _rows(house: House, secret: str) -> list[Row]:
    size = 0

    def whole() -> None:
        nonlocal size
        session = read_session()
        size = len(feed_document(session, find_feed(session, secret))[1])

    def tag_only() -> None:
        session = read_session()
        feed_etag(session, find_feed(session, secret))

    def forget() -> None:
        house.app.extensions.pop(EXTENSION, None)

    cold = _times(whole, forget)
    warm = _times(whole)
    unchanged = _times(tag_only)
    note = f"{CONFERENCES:,} conferences, {size / 1e6:.1f} MB"
    where = house.database
    return [
        median_row("feed, nothing cached", where, cold, "ms", target=300, note=note),
        median_row("feed, cached", where, warm, "ms", target=10, note=note),
        median_row("feed, unchanged (304)", where, unchanged, "ms", target=3, note=note),
    ]


def _times(act: Callable[[], None], before: Callable[[], None] = lambda: None) -> list[float]:
    times: list[float] = []
    act()
    for _run in range(RUNS):
        before()
        db.session.remove()
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    return times
