"""The database edge: model base, column types, the one way to open a transaction."""

import contextlib
import logging
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import uniform
from time import sleep
from typing import Any, Final, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    TypeDecorator,
    event,
    text,
)
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeEngine

from hub.errors import LostRace

logger = logging.getLogger(__name__)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
WRITE_OPTION = "hub_write"
HASTY_OPTION = "hub_hasty"
BUSY_TIMEOUT_MS = 15_000
ATTEMPTS: Final = 6
# Deadlock, serialization failure, lock_timeout: a long queue before one row outlasts the timeout;
# the next attempt finds it shorter.
TRANSIENT: Final = frozenset({"40P01", "40001", "55P03"})
OTHERS = 0o077  # the permission bits of everybody but the owner

T = TypeVar("T")
Item = TypeVar("Item")
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant: ``timestamptz`` on PostgreSQL, integer microseconds on SQLite.

    Integers make SQLite's overlap triggers and range scans exact and fast.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime given where an aware instant is needed")
        return to_micros(value) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return from_micros(value) if dialect.name == "sqlite" else value.astimezone(UTC)


def to_micros(instant: datetime) -> int:
    """Return whole microseconds since 1970-01-01 UTC."""
    return (instant - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the aware UTC instant of microseconds since 1970-01-01."""
    return EPOCH + timedelta(microseconds=micros)


# SQLite gives rowid aliases only to INTEGER, PostgreSQL should count in 64 bits.
BigId = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """Base of every model of the house."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UtcDateTime(), dict[str, Any]: JSON(), list[Any]: JSON()},
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def dialect_name(session: Session) -> str:
    """Return ``sqlite`` or ``postgresql``."""
    return session.get_bind().dialect.name


def read_session() -> Session:
    """Return the session of the present app context, for reading."""
    return db.session()


@contextmanager
def transaction(session: Session | None = None) -> Iterator[Session]:
    """Open the one transaction of an edge: commit on success, roll back on any error.

    What a view read before (the signed-in user, say) is read again inside, so a decision is
    never made on an older snapshot. On SQLite it begins with BEGIN IMMEDIATE: a reader that
    upgrades to a writer would otherwise fail at once with "database is locked".
    """
    session = session or db.session()
    _end_read(session)
    session.connection(execution_options={WRITE_OPTION: True})
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


def in_transaction(action: Callable[[Session], T]) -> T:
    """Run an edge's action in its one transaction; run it again when it lost a race.

    The action may run several times, so it starts from what it is given and changes only the
    database. A deadlock's victim, a lock that took too long and a ``LostRace`` are tried again:
    the next look sees the winner.
    """
    for attempt in range(1, ATTEMPTS):
        try:
            with transaction() as session:
                return action(session)
        except (DBAPIError, LostRace) as error:
            if isinstance(error, DBAPIError) and not _is_transient(error):
                raise
            # Two victims of one deadlock must not meet again at the same moment.
            sleep(uniform(0, 0.02 * attempt))  # noqa: S311
    with transaction() as session:
        return action(session)


def each_in_transaction(items: Iterable[Item], act: Callable[[Session, Item], object]) -> int:
    """Handle one item per transaction, so that a bad one does not hold up the rest.

    Returns how many were handled; the others are logged and come again with the next run.
    """
    done = 0
    for item in items:
        try:
            with transaction() as session:
                act(session, item)
        except Exception:
            logger.exception("%s could not be handled", item)
        else:
            done += 1
    return done


def write_if_free(action: Callable[[Session], None]) -> bool:
    """Run a small write in passing; leave it undone when another writer is busy.

    For marks that may be missing, such as when something was last used: a reader never waits.
    """
    session = db.session()
    _end_read(session)
    try:
        session.connection(execution_options={WRITE_OPTION: True, HASTY_OPTION: True})
        if dialect_name(session) == "postgresql":
            session.execute(text("SET LOCAL lock_timeout = '50ms'"))
        action(session)
        session.commit()
    except OperationalError:
        session.rollback()
        return False
    return True


def _is_transient(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in TRANSIENT


def _end_read(session: Session) -> None:
    if not session.in_transaction():
        return
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("transaction() opened over unsaved changes")
    session.rollback()


def engine_options(database_url: str) -> dict[str, Any]:
    """Return the engine options for the database in use."""
    if database_url.startswith("sqlite"):
        return {"connect_args": {"timeout": 15, "check_same_thread": False}, "pool_size": 20}
    timeouts = (
        "-c statement_timeout=15000 -c lock_timeout=5000 "
        "-c idle_in_transaction_session_timeout=30000 -c timezone=UTC"
    )
    return {
        "connect_args": {"options": timeouts, "application_name": "nhipcau"},
        "pool_pre_ping": True,
        # Three web processes, a worker and two slots stay below PostgreSQL's own 100.
        "pool_size": 8,
        "max_overflow": 12,
    }


def install_sqlite_rules(engine: Engine) -> None:
    """Set durability and locking of every SQLite connection of the engine."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "do_connect", _keep_private)
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)


def _keep_private(
    _dialect: Dialect, _record: ConnectionPoolEntry, cargs: tuple[str, ...], _cparams: object
) -> None:
    """Let only the owner read the file, whatever the folder and the umask allow.

    SQLite gives its log and its shared memory the mode of the database itself.
    """
    path = Path(cargs[0]) if cargs else Path()
    if not path.name or path.name == ":memory:" or not path.parent.is_dir():
        return
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        with contextlib.suppress(FileNotFoundError, PermissionError):
            if stat.S_IMODE(file.stat().st_mode) & OTHERS:
                file.chmod(0o600)


def _sqlite_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # We begin transactions ourselves: the driver's own BEGIN would be a deferred one.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "trusted_schema=OFF",
        "temp_store=MEMORY",
        "journal_size_limit=67108864",
        "cache_size=-32768",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(WRITE_OPTION):
        connection.exec_driver_sql("BEGIN")
        return
    patience = 0 if options.get(HASTY_OPTION) else BUSY_TIMEOUT_MS
    connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
