"""The worker notices that somebody set the clock."""

from datetime import UTC, datetime, timedelta

import time_machine
from apscheduler.schedulers.background import BackgroundScheduler

from hub.main.scheduler import WallClock, run_all_now


def test_a_clock_that_is_set_is_noticed_once() -> None:
    wall = WallClock()
    assert not wall.was_set()

    with time_machine.travel(datetime.now(UTC) - timedelta(hours=1, minutes=30)):
        assert wall.was_set()
        assert not wall.was_set()


def test_after_a_clock_was_set_back_no_tick_waits_for_it_to_catch_up() -> None:
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(lambda: None, "interval", seconds=10, id="tick")
    scheduler.start(paused=True)
    try:
        with time_machine.travel(datetime.now(UTC) - timedelta(hours=1, minutes=30)):
            run_all_now(scheduler)
            [job] = scheduler.get_jobs()
            assert job.next_run_time <= datetime.now(UTC)
    finally:
        scheduler.shutdown()
