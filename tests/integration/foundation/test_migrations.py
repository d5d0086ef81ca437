"""The history goes up and down on both databases and gives what the models say."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

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


def test_making_tables_anew_keeps_rows_and_what_refers_to_them(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    install_sqlite_rules(engine)
    migrate.upgrade(engine, "f1a3")
    with engine.begin() as connection:
        _fill(connection)
        before = _rows(connection)
    migrate.upgrade(engine)
    with engine.begin() as connection:
        assert _rows(connection) == before
        connection.execute(text("DELETE FROM smartcity_quarantined_message"))
        _message(connection, 71)
        assert connection.scalar(text("SELECT id FROM smartcity_quarantined_message")) == 8
    migrate.downgrade(engine, "f1a3")
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT id FROM smartcity_quarantined_message")) == 8
        connection.execute(text("DELETE FROM smartcity_quarantined_device"))
        assert _rows(connection) == [[], []], "who refers to a row goes with it, as before"
        with pytest.raises(IntegrityError):
            _message(connection, 71, device=99)
    engine.dispose()


def _fill(connection: Connection) -> None:
    connection.execute(
        text(
            "INSERT INTO smartcity_quarantined_device (id, unit_code, device_code, reason,"
            " first_seen_at, last_seen_at, message_count, decided, decided_by)"
            " VALUES (7, '457', 'A', 'unknown-device', 1, 2, 1, '', '')"
        )
    )
    _message(connection, 70, own_id=7)


def _message(connection: Connection, at: int, device: int = 7, own_id: int | None = None) -> None:
    connection.execute(
        text(
            "INSERT INTO smartcity_quarantined_message (id, quarantined_device_id, topic, payload,"
            " received_at) VALUES (:id, :device, 't', 'p', :at)"
        ),
        {"id": own_id, "device": device, "at": at},
    )


def _rows(connection: Connection) -> list[object]:
    tables = ("smartcity_quarantined_device", "smartcity_quarantined_message")
    return [connection.execute(text(f"SELECT * FROM {table}")).all() for table in tables]
