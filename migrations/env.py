"""Alembic's environment: our metadata, on the connection that ``hub.migrate`` hands over."""

from alembic import context
from sqlalchemy.engine import Connection

import smartcity.models  # noqa: F401 - importing the models fills the metadata
from hub.db import Base


def run(connection: Connection) -> None:
    """Run the migrations asked for on this connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
