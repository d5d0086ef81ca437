"""Booking and asking over HTTP, as programs do: real web processes, JSON, bearer token."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

from hub.accounts.services import create_token, find_user
from hub.clock import now
from hub.db import transaction
from tests.bench.houses import House, houses
from tests.bench.row import Row, median_row
from tests.integration.api.servers import Reply, Servers, serving

RUNS: Final = 5
CALLERS: Final = 64
PROCESSES: Final = 4
CLIENTS: Final = 8
EACH: Final = 60
ROOMS: Final = 4


def measure() -> list[Row]:
    """All figures over HTTP on both databases; SQLite has one web process, PostgreSQL four."""
    rows: list[Row] = []
    with houses() as found:
        for house in found:
            processes = 1 if house.database == "sqlite" else PROCESSES
            folder = Path(house.app.extensions["hub.settings"].instance_dir) / house.database
            with serving(house.url, folder, _token(house), processes) as servers:
                rows += _measured(house, servers, processes)
    return rows


def _token(house: House) -> str:
    with house.app.app_context(), transaction() as session:
        user = find_user(session, "thuky")
        if user is None:
            raise LookupError("the demo's secretary")
        return create_token(session, user, scope="write")[1]


def _measured(house: House, servers: Servers, processes: int) -> list[Row]:
    return [
        _size(house, servers, 12, 100.0, first_day=300),
        _size(house, servers, 160, 700.0, first_day=310),
        _rivals(house, servers),
        _spread(house, servers, processes),
        *_availability(house, servers),
    ]


def _body(codes: tuple[str, ...], start: datetime, room: str = "PH-01") -> dict[str, Any]:
    return {
        "title": "Đo tốc độ đặt lịch",
        "room": room,
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=1)).isoformat(),
        "sites": list(codes),
    }


def _day(days: int) -> datetime:
    return (now() + timedelta(days=days)).replace(hour=1, minute=0, second=0, microsecond=0)


def _sent(servers: Servers, line: HTTPConnection, body: dict[str, Any]) -> Reply:
    reply = servers.call(line, "POST", "/conferences", body)
    if reply.status != 201:
        raise RuntimeError(f"{reply.status}: {reply.body}")
    return reply


def _size(house: House, servers: Servers, sites: int, target: float, *, first_day: int) -> Row:
    line = servers.connect()
    codes = house.site_codes[:sites]
    # The first call of a process loads what later ones find in memory.
    _sent(servers, line, _body(codes, _day(first_day)))
    times = [
        _sent(servers, line, _body(codes, _day(first_day + run))).seconds * 1000
        for run in range(1, RUNS + 1)
    ]
    line.close()
    name = f"POST /conferences with {sites} sites"
    return median_row(name, house.database, times, "ms", target=target)


def _rivals(house: House, servers: Servers) -> Row:
    body = _body(house.site_codes[:12], _day(320))
    began = time.perf_counter()
    replies = servers.at_once("POST", "/conferences", [body] * CALLERS)
    took = time.perf_counter() - began
    counted = Counter(reply.status for reply in replies)
    answers = ", ".join(f"{count} x {status}" for status, count in sorted(counted.items()))
    name = f"{CALLERS} callers on one slot: booked"
    note = f"{answers}; all answered in {took:.1f} s"
    return Row(name, house.database, counted[201], "", 1, note=note)


def _spread(house: House, servers: Servers, processes: int) -> Row:
    gate = threading.Barrier(CLIENTS)

    def book_many(number: int) -> tuple[float, float]:
        line = servers.connect(number)
        codes = house.site_codes[number * 2 : number * 2 + 2]
        room = f"PH-0{1 + number % ROOMS}"
        # Callers who share a room take turns by the hour.
        shift = 12 * (number // ROOMS)
        _sent(servers, line, _body(codes, _day(330) + timedelta(hours=shift), room))
        gate.wait()
        began = time.perf_counter()
        for index in range(EACH):
            hours = timedelta(hours=shift + index % 12)
            _sent(servers, line, _body(codes, _day(340 + index // 12) + hours, room))
        line.close()
        return began, time.perf_counter()

    with ThreadPoolExecutor(CLIENTS) as threads:
        spans = list(threads.map(book_many, range(CLIENTS)))
    took = max(end for _begin, end in spans) - min(begin for begin, _end in spans)
    note = f"{processes} web processes, {CLIENTS} callers, 2 sites each booking"
    target = 200.0 if house.database == "postgresql" else None
    per_second = CLIENTS * EACH / took
    name = "bookings on different slots over HTTP"
    return Row(name, house.database, per_second, "1/s", target, note=note, better="higher")


def _availability(house: House, servers: Servers) -> list[Row]:
    start, end = _day(330), _day(361)
    window = f"from={start:%Y-%m-%dT%H:%M:%SZ}&to={end:%Y-%m-%dT%H:%M:%SZ}"
    line = servers.connect()
    replies = [servers.call(line, "GET", f"/availability?{window}") for _ in range(RUNS + 1)]
    line.close()
    last = replies[-1]
    sites = len(last.body["items"])
    busy = sum(len(item["busy"]) for item in last.body["items"])
    times = [reply.seconds * 1000 for reply in replies[1:]]
    note = f"{sites} sites, {busy} taken spans"
    name = "GET /availability over a month"
    return [
        median_row(name, house.database, times, "ms", target=50.0, note=note),
        Row(f"{name}: size", house.database, last.size / 1000, "KB", 100.0, note=note),
    ]
