"""Moving the database up and down its one history; also says whether it is current."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlalchemy.engine import Connection

from hub.db import WRITE_OPTION, Base

LOCK_KEY = 0x4E434D  # "NCM": two processes never migrate at once
FILE_TEMPLATE = "%%(year)d%%(month).2d%%(day).2d_%%(hour).2d%%(minute).2d_%%(rev)s_%%(slug)s"
SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up to a revision; from empty it creates everything."""
    _run(engine, lambda config: command.upgrade(config, revision))


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database down to a revision; ``base`` empties it."""
    _run(engine, lambda config: command.downgrade(config, revision))


def current_revision(engine: Engine) -> str | None:
    """Return the revision the database is at, None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head_revision() -> str:
    """Return the newest revision of the scripts."""
    return ScriptDirectory(str(SCRIPTS)).get_current_head() or ""


def differences(engine: Engine) -> list[object]:
    """Return what the models have and the migrated database has not, or the reverse."""
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def make_revision(engine: Engine, message: str, revision_id: str) -> None:
    """Write a new migration from the difference between models and database."""
    _run(
        engine,
        lambda config: command.revision(config, message, autogenerate=True, rev_id=revision_id),
    )


def _run(engine: Engine, work: Callable[[Config], object]) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("file_template", FILE_TEMPLATE)
    opened = engine.connect().execution_options(**{WRITE_OPTION: True})
    with opened as connection, _free_references(connection):
        _lock(connection)
        config.attributes["connection"] = connection
        work(config)
        _check_references(connection)
        connection.commit()


@contextmanager
def _free_references(connection: Connection) -> Iterator[None]:
    """Let SQLite make tables anew: dropping one must not empty those that refer to it.

    It can be said outside a transaction only.
    """
    raw = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or raw is None:
        yield
        return
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        if connection.in_transaction():
            connection.rollback()
        raw.execute("PRAGMA foreign_keys=ON")


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            raise RuntimeError(f"a migration left rows that refer to nothing: {broken[:5]}")


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET lock_timeout = 0; SET statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
