"""Brings a database to the newest schema, from empty, as ``hub db upgrade`` does."""

from sqlalchemy import create_engine

from hub.db import engine_options, install_sqlite_rules
from hub.migrate import upgrade


def migrate(database_url: str) -> None:
    """Runs every migration on the database and lets go of it."""
    engine = create_engine(database_url, **engine_options(database_url))
    install_sqlite_rules(engine)
    try:
        upgrade(engine)
    finally:
        engine.dispose()
