"""An application on each kind of database."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from config import Settings
from hub.db import db
from hub.main.app import create_app


@pytest.fixture
def app(database_url: str, make_settings: Callable[..., Settings]) -> Iterator[Flask]:
    """The application on a migrated, empty database of this test alone."""
    built = create_app(make_settings(database_url=database_url))
    with built.app_context():
        yield built
        db.session.remove()
        db.engine.dispose()
