"""Booking: one large conference, many at once on one slot, many on different slots."""

import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Final

from conferencing.booking.requests import BookingRequest
from conferencing.booking.services import book_in_transaction
from hub.clock import now
from hub.db import db
from hub.errors import Conflict
from tests.bench.houses import House, application, houses, secretary
from tests.bench.row import Row, median_row

RUNS: Final = 9
RIVALS: Final = 64
PROCESSES: Final = 4
EACH: Final = 60
SERVICE: Final = "service call and commit, no HTTP"


def measure() -> list[Row]:
    """All figures of booking on both databases."""
    rows: list[Row] = []
    with houses() as found:
        for house in found:
            rows += [
                _size(house, 12, 100.0, first_day=100),
                _size(house, 160, 700.0, first_day=130),
                _rivals(house),
                _spread(house),
            ]
    return rows


def _request(codes: tuple[str, ...], start: datetime, room: str = "PH-01") -> BookingRequest:
    return BookingRequest(
        title="Đo tốc độ đặt lịch",
        type="regular",
        priority=None,
        room_code=room,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        site_codes=codes,
    )


def _day(days: int) -> datetime:
    return (now() + timedelta(days=days)).replace(hour=1, minute=0, second=0, microsecond=0)


def _size(house: House, sites: int, target: float, *, first_day: int) -> Row:
    times: list[float] = []
    for run in range(RUNS):
        request = _request(house.site_codes[:sites], _day(first_day + run))
        began = time.perf_counter()
        book_in_transaction(house.actor, request)
        times.append((time.perf_counter() - began) * 1000)
        db.session.remove()
    name = f"book {sites} sites with their letters"
    return median_row(name, house.database, times, "ms", target=target, note=SERVICE)


def _rivals(house: House) -> Row:
    request = _request(house.site_codes[:12], _day(160))

    def one(_number: int) -> bool:
        with house.app.app_context():
            try:
                book_in_transaction(house.actor, request)
            except Conflict:
                return False
            finally:
                db.session.remove()
            return True

    began = time.perf_counter()
    with ThreadPoolExecutor(RIVALS) as threads:
        won = sum(threads.map(one, range(RIVALS)))
    took = time.perf_counter() - began
    note = f"{won} booked, {RIVALS - won} refused by name, all in {took:.1f} s"
    return Row(f"{RIVALS} at once on one slot: booked", house.database, won, "", 1, note=note)


def _spread(house: House) -> Row:
    folder = str(house.app.extensions["hub.settings"].instance_dir)
    jobs = [(house.url, folder, number, house.site_codes) for number in range(PROCESSES)]
    context = get_context("spawn")
    # Nobody starts booking before every process has its application.
    ready = context.Barrier(PROCESSES)
    pool = ProcessPoolExecutor(
        PROCESSES, mp_context=context, initializer=_remember, initargs=(ready,)
    )
    with pool:
        spans = list(pool.map(_book_many, jobs))
    took = max(end for _begin, end in spans) - min(begin for begin, _end in spans)
    return Row(
        "bookings on different slots",
        house.database,
        EACH * PROCESSES / took,
        "1/s",
        200,
        note=f"{PROCESSES} processes, 2 sites each booking, {SERVICE}",
        better="higher",
    )


Job = tuple[str, str, int, tuple[str, ...]]
_ready: list[Barrier] = []


def _remember(ready: Barrier) -> None:
    _ready.append(ready)


def _book_many(job: Job) -> tuple[float, float]:
    url, folder, number, codes = job
    app = application(url, Path(folder))
    mine = codes[number * 2 : number * 2 + 2]
    room = f"PH-0{number + 1}"
    with app.app_context():
        actor = secretary()
        # The first booking of a process loads what later ones find in memory.
        book_in_transaction(actor, _request(mine, _day(190), room))
        _ready[0].wait()
        began = time.time()
        for index in range(EACH):
            start = _day(200 + index // 12) + timedelta(hours=index % 12)
            book_in_transaction(actor, _request(mine, start, room))
            db.session.remove()
        return began, time.time()
