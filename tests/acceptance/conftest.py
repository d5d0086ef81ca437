"""The whole demo in one process. Fixtures:

``demo``      the application on a SQLite file of this test alone, with all the demo data, and with
              an alert, an unknown device, a dead letter and a detection at Lệ Thủy and at Đồng Hới
``sign_in``   ``sign_in("thuky")`` gives a browser signed in as that account
``token``     ``token("thuky")`` gives a bearer token of that account
"""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from conferencing import demo as conferencing_demo
from conferencing.booking.plan import check_request
from conferencing.booking.requests import BookingRequest
from conferencing.booking.services import book
from conferencing.models import Conference
from hub.access.actor import actor_of
from hub.accounts import demo as accounts_demo
from hub.accounts.services import create_token, find_user, open_session
from hub.accounts.views import SESSION_COOKIE
from hub.brakes import limiter
from hub.clock import now
from hub.db import db, transaction
from hub.main.app import create_app
from hub.orgunits import seed as units_seed
from smartcity import demo as smartcity_demo
from smartcity.ingest.catalogue import load_devices, restore_closed, restore_states
from smartcity.ingest.registry import Registry
from smartcity.ingest.writer import Writer
from smartcity.mqtt import Message
from tests.services import shared, sqlite
from tests.web.conftest import settings_for

SignIn = Callable[[str], FlaskClient]
TokenOf = Callable[[str], str]
# Gauge, camera and the unit whose topics they speak under, at two places that may not mix.
PLACES = {
    "lethuy": ("19249", "tram-le-thuy", "19270", "cam-ql1a-cam-thuy"),
    "donghoi": ("18868", "tram-dong-hoi", "18868", "cam-cau-nhat-le"),
}


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all the demo data, once per worker."""
    folder = tmp_path_factory.mktemp("demo")
    url = sqlite.Files(shared.run_folder()).new_database(folder)
    app = create_app(settings_for(url, folder))
    with app.app_context():
        furnish()
        db.session.remove()
        db.engine.dispose()
    path = Path(url.removeprefix("sqlite:///"))
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


def furnish() -> None:
    """The demo, and something in every list of two places that may not mix."""
    seed_demo()
    listen()
    for place, site in (("lethuy", "DC-19249"), ("donghoi", "DC-18868")):
        book_at(place, site)


def seed_demo() -> None:
    """As ``hub seed demo``."""
    for half in (units_seed, accounts_demo, smartcity_demo, conferencing_demo):
        with transaction() as session:
            half.seed(session)


def listen(*further: Message) -> Writer:
    """Take in messages as a fresh ingest process does; without any, those of both places."""
    session = db.session()
    registry = Registry()
    with transaction(session):
        registry.replace_devices(load_devices(session))
        restore_closed(session, registry)
        restore_states(session, registry)
    writer = Writer(registry, lambda: transaction(session), now)
    writer.write(list(further) or [one for place in PLACES for one in messages_of(place)])
    return writer


def messages_of(place: str) -> list[Message]:
    """A flood, a flooded road, an unknown device and an unreadable message."""
    gauge_unit, gauge, camera_unit, camera = PLACES[place]
    at = now().isoformat()
    flood = {"observed_at": at, "values": {"water_level": 3.9}}
    road = {"id": f"road-{place}", "observed_at": at, "label": "flooded_road", "score": 0.9}
    return [
        message(f"city/{gauge_unit}/{gauge}/telemetry", json.dumps(flood)),
        message(f"city/{camera_unit}/{camera}/detection", json.dumps(road)),
        message(f"city/{gauge_unit}/la-{place}/telemetry", json.dumps(flood)),
        message(f"city/{gauge_unit}/{gauge}/telemetry", f"vỡ-{place}"),
    ]


def message(topic: str, body: str) -> Message:
    """A message that arrives now."""
    return Message(topic, body.encode(), now())


def book_at(place: str, site: str) -> Conference:
    """Book a conference that concerns one place alone, as the province's secretary may."""
    starts_at = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=20)
    with transaction() as session:
        user = find_user(session, "thuky")
        assert user is not None
        host = find_user(session, place)
        assert host is not None
        request = BookingRequest(
            title=f"Họp riêng {place}",
            type="regular",
            priority=None,
            room_code="PH-04" if place == "lethuy" else "PH-03",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
            site_codes=(site,),
            host_unit_id=host.roles[0].unit_id,
        )
        actor = actor_of(user)
        return book(session, actor, check_request(session, actor, request))


@contextmanager
def opened(database: Path, copy: Path) -> Iterator[Flask]:
    """The application on a copy of a database file."""
    shutil.copyfile(database, copy)
    app = create_app(settings_for(f"sqlite:///{copy}", copy.parent))
    app.testing = True
    # Our own error pages are part of what is tested.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        limiter.reset()
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            # The file may be copied in its turn.
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()


@pytest.fixture
def demo(demo_database: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application with the whole demo, on a file of this test alone."""
    with opened(demo_database, tmp_path / "nhipcau.db") as app:
        yield app


@pytest.fixture
def sign_in(demo: Flask) -> SignIn:
    """Opens browsers signed in as a demo account."""
    return partial(browser_of, demo)


@pytest.fixture
def token(demo: Flask) -> TokenOf:
    """Makes bearer tokens."""
    return partial(token_of, demo)


def browser_of(app: Flask, username: str) -> FlaskClient:
    """A browser signed in as an account."""
    browser = app.test_client()
    browser.set_cookie(SESSION_COOKIE, session_secret(app, username))
    return browser


def session_secret(app: Flask, username: str) -> str:
    """Sign an account in; gives what its cookie holds."""
    with app.app_context(), transaction() as session:
        user = find_user(session, username)
        assert user is not None
        return open_session(session, user, "127.0.0.1", "pytest")


def token_of(app: Flask, username: str) -> str:
    """A bearer token that can do all its person can."""
    with app.app_context(), transaction() as session:
        user = find_user(session, username)
        assert user is not None
        return create_token(session, user, scope="admin")[1]
