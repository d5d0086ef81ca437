"""Applications with the units and sites of the demo, for the benchmarks of conferencing."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import Flask
from sqlalchemy import select

from conferencing import demo
from conferencing.models import Site
from config import Settings
from hub.access.actor import Actor, actor_of
from hub.accounts import demo as accounts
from hub.accounts.services import find_user
from hub.db import db, read_session, transaction
from hub.main.app import create_app
from hub.orgunits import seed as units
from tests.services import postgres, shared, sqlite

SECRET: Final = "a-secret-for-benchmarks-only-0123456789abcdef"
# As a server is run: durable, unlike the cluster of the tests.
DURABLE: Final = ("max_connections=300", "shared_buffers=128MB", "timezone=UTC")


@dataclass(frozen=True, slots=True)
class House:
    """An application inside its context, with 160 sites and a secretary of the province."""

    database: str
    url: str
    app: Flask
    actor: Actor
    site_codes: tuple[str, ...]


@contextmanager
def houses() -> Iterator[Iterator[House]]:
    """One house after the other: SQLite, then PostgreSQL unless HUB_TEST_WITHOUT names it."""
    folder = Path(tempfile.mkdtemp(prefix="nhipcau-bench-"))
    try:
        yield _houses(folder)
    finally:
        shared.stop_all(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _houses(folder: Path) -> Iterator[House]:
    with _house("sqlite", sqlite.Files(folder).new_database(folder), folder) as house:
        yield house
    if "postgres" in os.environ.get("HUB_TEST_WITHOUT", "").split(","):
        return
    service = shared.obtain(folder, "postgres", lambda: postgres.start_cluster(DURABLE))
    url = postgres.Server(service.url, folder).new_database()
    with _house("postgresql", url, folder) as house:
        yield house


def application(url: str, folder: Path) -> Flask:
    """Build the application on a database."""
    mail = f"file:{folder / 'mail'}"
    return create_app(
        Settings(instance_dir=folder, secret_key=SECRET, database_url=url, smtp_url=mail)
    )


@contextmanager
def _house(database: str, url: str, folder: Path) -> Iterator[House]:
    app = application(url, folder)
    with app.app_context():
        with transaction() as session:
            units.seed(session)
            accounts.seed(session)
            demo.seed(session)
        codes = tuple(read_session().scalars(select(Site.code).order_by(Site.id)))
        try:
            yield House(database, url, app, secretary(), codes)
        finally:
            db.session.remove()
            db.engine.dispose()


def secretary() -> Actor:
    """Return the province's secretary of the demo."""
    user = find_user(read_session(), "thuky")
    if user is None:
        raise LookupError("the demo accounts are not loaded")
    actor = actor_of(user)
    read_session().rollback()
    return actor
