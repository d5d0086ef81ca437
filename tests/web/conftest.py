"""The application as a browser meets it. Fixtures for every test under ``tests/web``:

``app``         the whole application on a SQLite file of this test alone, with the units of 2020
                and the demo accounts in it (all with the password ``PASSWORD``)
``client``      a browser that is not signed in
``sign_in``     ``sign_in("thuky")`` gives a browser signed in as that account
``as_admin``    a browser signed in as the administrator (``quantri``)
``post``        ``post(browser, "/path", {...})`` fetches a CSRF token first, as a form does
``write``       ``with write() as session:`` opens a transaction of the application

The file is migrated and filled once per worker and copied for each test; signing in opens the
session directly and costs no password hash.
"""

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import Settings
from hub.accounts import demo as accounts_demo
from hub.accounts.services import find_user, open_session
from hub.accounts.views import SESSION_COOKIE
from hub.brakes import limiter
from hub.db import db, transaction
from hub.main.app import create_app
from hub.orgunits import seed as units_seed
from tests.services import shared, sqlite

PASSWORD = accounts_demo.PASSWORD
SECRET = "a-secret-for-tests-only-0123456789abcdef"
# What a browser says of the page whose button was pressed.
FROM_HERE = {"Origin": "http://localhost"}
CSRF = re.compile(r'<meta name="csrf-token" content="([^"]+)"')

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
Write = Callable[[], AbstractContextManager[Session]]


def settings_for(url: str, folder: Path, **overrides: Any) -> Settings:
    """Give settings of a test's application."""
    values: dict[str, Any] = {
        "instance_dir": folder,
        "secret_key": SECRET,
        "database_url": url,
        "smtp_url": f"file:{folder / 'mail'}",
        "mqtt_url": "mqtt://127.0.0.1:1",
        "demo": True,
    }
    return Settings(**{**values, **overrides})


@pytest.fixture(scope="session")
def filled_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables, the units of 2020 and the demo accounts, once per worker."""
    folder = tmp_path_factory.mktemp("filled")
    url = sqlite.Files(shared.run_folder()).new_database(folder)
    app = create_app(settings_for(url, folder))
    with app.app_context():
        with transaction() as session:
            units_seed.seed(session)
            accounts_demo.seed(session)
        db.engine.dispose()
    path = Path(url.removeprefix("sqlite:///"))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture
def app(filled_database: Path, tmp_path: Path) -> Iterator[Flask]:
    """The whole application on a database of this test alone."""
    copy = tmp_path / "nhipcau.db"
    shutil.copyfile(filled_database, copy)
    made = create_app(settings_for(f"sqlite:///{copy}", tmp_path))
    made.testing = True
    # Our own error pages are part of what is tested.
    made.config["PROPAGATE_EXCEPTIONS"] = False
    with made.app_context():
        limiter.reset()
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that is not signed in."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """Opens browsers signed in as a demo account."""

    def open_browser(username: str) -> FlaskClient:
        with app.app_context(), transaction() as session:
            user = find_user(session, username)
            assert user is not None, f"no account {username}"
            secret = open_session(session, user, "127.0.0.1", "pytest")
        browser = app.test_client()
        browser.set_cookie(SESSION_COOKIE, secret)
        return browser

    return open_browser


@pytest.fixture
def as_admin(sign_in: SignIn) -> FlaskClient:
    """A browser signed in as the administrator of the province."""
    return sign_in("quantri")


@pytest.fixture
def post() -> Post:
    """Posts a form the way a browser does: with the CSRF token of a page it saw."""

    def send(
        browser: FlaskClient, url: str, data: Mapping[str, Any] | None = None, **more: Any
    ) -> TestResponse:
        page = browser.get("/ui/help").get_data(as_text=True)
        found = CSRF.search(page)
        assert found is not None, "no CSRF token on the page"
        return browser.post(url, data={"csrf_token": found[1], **(data or {})}, **more)

    return send


@pytest.fixture
def write(app: Flask) -> Write:
    """Opens transactions of the application."""

    @contextmanager
    def open_transaction() -> Iterator[Session]:
        with app.app_context(), transaction() as session:
            yield session

    return open_transaction
