"""A reader of the journal never meets a number lower than one it has seen."""

import threading

from flask import Flask
from sqlalchemy import delete

from hub.db import transaction
from hub.journal import JournalEntry, entries_since, last_seq, record

WRITERS, EACH = 6, 25


def write(app: Flask, number: int) -> None:
    for turn in range(EACH):
        with app.app_context(), transaction() as session:
            data = {"writer": number, "turn": turn}
            record(session, "alert.changed", unit_ids=[number], data=data)


def test_numbers_follow_the_order_of_commits(app: Flask) -> None:
    writers = [threading.Thread(target=write, args=(app, n)) for n in range(WRITERS)]
    seen: list[int] = []
    for thread in writers:
        thread.start()
    while len(seen) < WRITERS * EACH:
        with app.app_context(), transaction() as session:
            seen += [entry.seq for entry in entries_since(session, seen[-1] if seen else 0)]
    for thread in writers:
        thread.join()

    # A number that committed late would have been skipped by the reader for ever.
    assert len(seen) == len(set(seen)) == WRITERS * EACH
    assert seen == sorted(seen)


def test_numbers_are_never_used_again(app: Flask) -> None:
    with transaction() as session:
        record(session, "device.changed", unit_ids=[1], data={})
        first = last_seq(session)
    with transaction() as session:
        session.execute(delete(JournalEntry))
    with transaction() as session:
        record(session, "device.changed", unit_ids=[1], data={})

        assert last_seq(session) > first
