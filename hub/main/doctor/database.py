"""Checks the database: reachable, at the newest schema, guarding against double booking."""

from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from config import Settings
from hub.main.doctor.findings import Finding
from hub.migrate import current_revision, head_revision

SETTING = "HUB_DATABASE_URL"
HOLDS = "conferencing_hold"

# What makes two bookings of one resource at one time impossible, asked of the database itself.
_GUARDS = {
    "postgresql": (
        "SELECT count(*) FROM pg_constraint WHERE contype = 'x'"
        " AND conrelid = to_regclass(:table) AND convalidated"
    ),
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table",
}


def findings(settings: Settings) -> list[Finding]:
    """Connects once and asks for everything."""
    url = make_url(settings.database_url)
    name = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return [Finding(SETTING, f"{url.database} does not exist yet", "hub db upgrade")]
    engine = create_engine(url)
    try:
        return [_connection(engine), *_inside(engine)]
    except SQLAlchemyError as error:
        sentence = f"{name} does not answer: {_first_line(error)}"
        return [Finding(SETTING, sentence, "Check host, port, user, password and database name.")]
    finally:
        engine.dispose()


def _connection(engine: Engine) -> Finding:
    with engine.connect():
        return Finding(SETTING, f"connected to {engine.url.render_as_string()}")


def _inside(engine: Engine) -> list[Finding]:
    schema = _schema(engine)
    if not schema.is_well:
        # Without tables there is nothing to guard yet.
        return [schema]
    with engine.connect() as connection:
        return [schema, *_guards(connection)]


def _schema(engine: Engine) -> Finding:
    newest, present = head_revision(), current_revision(engine)
    if present == newest:
        return Finding("schema", f"at its newest version {newest}")
    return Finding("schema", f"at version {present or 'none'}, not {newest}", "hub db upgrade")


def _guards(connection: Connection) -> list[Finding]:
    dialect = connection.dialect.name
    count = connection.execute(text(_GUARDS[dialect]), {"table": HOLDS}).scalar_one()
    guard = Finding("booking guard", "two bookings of one resource at one time are refused")
    if not count:
        remedy = "Restore the database from a backup, or rebuild the schema: hub db upgrade"
        guard = Finding("booking guard", f"is missing on {HOLDS}", remedy)
    return (
        [guard, _extension(connection)] if dialect == "postgresql" else [guard, _health(connection)]
    )


def _extension(connection: Connection) -> Finding:
    query = text("SELECT count(*) FROM pg_extension WHERE extname = 'btree_gist'")
    if connection.execute(query).scalar_one():
        return Finding("extension", "btree_gist is installed")
    return Finding("extension", "btree_gist is missing", "psql: CREATE EXTENSION btree_gist")


def _health(connection: Connection) -> Finding:
    answer = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
    if answer == "ok":
        return Finding("database file", "is sound")
    return Finding("database file", f"is damaged: {answer}", "hub restore the newest backup")


def _first_line(error: SQLAlchemyError) -> str:
    return str(error).strip().splitlines()[0]
