"""The worker: a handful of static, idempotent ticks in memory, run by one leader.

Each half lists its ticks in its ``jobs.py``. The truth of the work is in our tables; a tick
that is missed is simply made up by the next one.
"""

import fcntl
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from config import Settings
from hub.db import db
from hub.ticks import LEADER_KEY, LEADER_LOCK, Tick

logger = logging.getLogger(__name__)

RETRY_LEADER_S = 5.0
CLOCK_SLACK_S = 2.0


def run_worker(app: Flask, ticks: Sequence[Tick]) -> None:
    """Run the ticks for as long as this process is the leader; wait for it otherwise."""
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping.is_set():
        try:
            with app.app_context(), leadership(app.extensions["hub.settings"]) as still_leader:
                if still_leader():
                    _lead(app, ticks, still_leader, stopping)
        except DBAPIError as error:
            logger.warning("the database is away, tried again: %s", str(error.orig).strip())
        stopping.wait(RETRY_LEADER_S)


def _lead(
    app: Flask, ticks: Sequence[Tick], still_leader: Callable[[], bool], stopping: threading.Event
) -> None:
    logger.info("this worker leads; %s ticks", len(ticks))
    scheduler = BackgroundScheduler(timezone="UTC")
    for tick in ticks:
        scheduler.add_job(
            _guarded(app, tick),
            "interval",
            seconds=tick.seconds,
            id=tick.name,
            name=tick.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    wall = WallClock()
    try:
        while not stopping.wait(RETRY_LEADER_S) and still_leader():
            if wall.was_set():
                run_all_now(scheduler)
    finally:
        scheduler.shutdown(wait=True)


class WallClock:
    """Notices when somebody sets the clock, by the clock that nobody can set."""

    def __init__(self) -> None:
        self._offset = self._read()

    def was_set(self) -> bool:
        """Whether it was set by more than a moment since the last question."""
        before, self._offset = self._offset, self._read()
        return abs(self._offset - before) > CLOCK_SLACK_S

    @staticmethod
    def _read() -> float:
        return time.time() - time.monotonic()


def run_all_now(scheduler: BackgroundScheduler) -> None:
    """Make every job due: by a clock set back they would sleep until it has caught up."""
    logger.warning("the clock was set; all ticks run now")
    for job in scheduler.get_jobs():
        job.modify(next_run_time=datetime.now(UTC))


def _guarded(app: Flask, tick: Tick) -> Callable[[], None]:
    def run() -> None:
        try:
            with app.app_context():
                tick.run(app)
        except Exception:
            logger.exception("tick %s failed, will run again", tick.name)

    return run


@contextmanager
def leadership(settings: Settings) -> Iterator[Callable[[], bool]]:
    """Take the leader's lock; yields a function that says whether we (still) hold it.

    PostgreSQL: a session advisory lock on its own connection. SQLite: a lock on a file beside
    the database. The lock saves work only; claims with leases keep it correct without.
    """
    if settings.is_sqlite:
        with _file_leadership(settings.instance_dir / LEADER_LOCK) as held:
            yield held
        return
    connection = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        taken = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:k)"), {"k": LEADER_KEY}))
        yield lambda: taken and connection.scalar(text("SELECT 1")) == 1
    finally:
        connection.invalidate()
        connection.close()


@contextmanager
def _file_leadership(path: Path) -> Iterator[Callable[[], bool]]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            taken = True
        except BlockingIOError:
            taken = False
        yield lambda: taken
