"""The world of the API tests: filled once per worker on SQLite, once per test on PostgreSQL."""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from hub.db import db
from hub.main.app import create_app
from tests.conftest import SettingsFactory
from tests.integration.api.world import World, fill
from tests.services import sqlite


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled SQLite file and the tokens in it."""

    path: Path
    tokens: dict[str, str]


def made(settings: Settings) -> Flask:
    """Return the application as it answers in earnest: errors become problems."""
    app = create_app(settings)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture(scope="session")
def filled_file(sqlite_files: sqlite.Files, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """The world in a SQLite file, made once per worker."""
    folder = tmp_path_factory.mktemp("api")
    url = sqlite_files.new_database(folder)
    app = made(Settings(instance_dir=folder, secret_key="s" * 40, database_url=url))
    tokens = fill(app)
    with app.app_context():
        db.engine.dispose()
    path = Path(url.removeprefix("sqlite:///"))
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return Filled(path, tokens)


@pytest.fixture
def world(filled_file: Filled, tmp_path: Path, make_settings: SettingsFactory) -> Iterator[World]:
    """The world on a SQLite file of this test alone."""
    copy = tmp_path / "world.db"
    shutil.copyfile(filled_file.path, copy)
    app = made(make_settings(database_url=f"sqlite:///{copy}"))
    yield World(app, filled_file.tokens)
    let_go(app)


@pytest.fixture
def world_on_postgres(fresh_postgres_url: str, make_settings: SettingsFactory) -> Iterator[World]:
    """The world on a PostgreSQL database of this test alone."""
    app = made(make_settings(database_url=fresh_postgres_url))
    yield World(app, fill(app))
    let_go(app)


@pytest.fixture(params=["world", pytest.param("world_on_postgres", marks=pytest.mark.postgres)])
def world_on_each(request: pytest.FixtureRequest) -> World:
    """The world, once on each kind of database."""
    world: World = request.getfixturevalue(request.param)
    return world


def let_go(app: Flask) -> None:
    """Close every connection."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
