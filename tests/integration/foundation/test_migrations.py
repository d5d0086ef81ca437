"""The history goes up and down on both databases and gives what the models say."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from config import Settings
from hub import migrate
from hub.db import install_sqlite_rules
from hub.main.app import create_app


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


def test_up_down_and_up_again(empty_url: str, make_settings: Callable[..., Settings]) -> None:
    create_app(make_settings())  # the application knows every model
    engine = create_engine(empty_url)
    install_sqlite_rules(engine)
    migrate.upgrade(engine)

    assert migrate.current_revision(engine) == migrate.head_revision()
    assert migrate.differences(engine) == []

    migrate.downgrade(engine, "base")
    left = set(inspect(engine).get_table_names()) - {"alembic_version"}

    assert left == set()

    migrate.upgrade(engine)

    assert migrate.differences(engine) == []
    engine.dispose()
