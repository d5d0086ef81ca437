"""A web server with a series in it and the address of a feed, as calendar programs meet it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from conferencing.booking.cancelling import cancel_occurrence
from conferencing.booking.moving import move_in_transaction
from conferencing.booking.services import book_in_transaction
from conferencing.feeds.services import create_feed, revoke_feed
from conferencing.models import Conference
from hub.access.actor import Actor, actor_of
from hub.accounts import demo as accounts_demo
from hub.accounts.services import find_user
from hub.db import db, transaction
from hub.main.app import create_app
from hub.orgunits import seed as units_seed
from tests import factories
from tests.conftest import SettingsFactory
from tests.services import sqlite
from tests.web.conferencing.province import SITES, furnish

DATES = 5


@dataclass(frozen=True, slots=True)
class Published:
    """A feed that is on the air, and hands on what it publishes."""

    app: Flask
    actor: Actor
    url: str
    feed_id: int
    code: str

    def cancel(self, number: int) -> None:
        """Cancel one date of the series."""
        with self.app.app_context(), transaction() as session:
            conference = session.query(Conference).filter_by(code=self.code).one()
            cancel_occurrence(session, self.actor, conference.occurrences[number], "Trùng lễ")

    def revoke(self) -> None:
        """Revoke the feed."""
        with self.app.app_context(), transaction() as session:
            revoke_feed(session, self.actor, self.feed_id)


@pytest.fixture
def published(
    sqlite_files: sqlite.Files, tmp_path: Path, make_settings: SettingsFactory
) -> Iterator[Published]:
    """A series of five weeks, its second date moved by a day, its fourth cancelled."""
    app = create_app(make_settings(database_url=sqlite_files.new_database(tmp_path), demo=True))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    with app.app_context():
        made = _publish(app, f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _publish(app: Flask, address: str) -> Published:
    with transaction() as session:
        units_seed.seed(session)
        session.flush()
        accounts_demo.seed(session)
        furnish(session)
    with transaction() as session:
        user = find_user(session, "thuky")
        assert user is not None
        actor = actor_of(user)
    series = book_in_transaction(
        actor, factories.booking(SITES, rrule=f"FREQ=WEEKLY;COUNT={DATES}")
    )
    second = series.occurrences[1]
    later = timedelta(days=1)
    move_in_transaction(
        actor, series.code, second.id, second.starts_at + later, second.ends_at + later
    )
    with transaction() as session:
        feed, secret = create_feed(session, actor, "unit", "457")
        feed_id = feed.id
    made = Published(app, actor, f"{address}/feeds/{secret}.ics", feed_id, series.code)
    made.cancel(3)
    return made
