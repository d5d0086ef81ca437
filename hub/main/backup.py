"""Copies the whole database into one file and back; checks the copy before trusting it.

SQLite is copied by VACUUM INTO, which sees one consistent state while others write.
PostgreSQL goes through pg_dump and pg_restore of the client programs.
"""

import contextlib
import fcntl
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from config import Settings
from hub.errors import HubError
from hub.ticks import LEADER_LOCK

RUN_LOCK = "run.lock"
"""The lock file of ``hub run`` in the instance folder."""
HEADER = b"SQLite format 3\x00"


class BackupFailed(HubError):
    """The copy could not be made, or what was made cannot be trusted."""


def backup(settings: Settings, path: Path) -> None:
    """Writes the database into a new file that only its owner may read.

    Raises:
        BackupFailed: the file exists, the database is damaged or cannot be reached.
    """
    if path.exists():
        raise BackupFailed(f"{path} exists already")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Renamed when whole: a backup that was cut off must not look like one.
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _copy_out(make_url(settings.database_url), unfinished)
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def restore(settings: Settings, path: Path) -> None:
    """Replaces the whole database by the backup, only while nothing runs on it.

    Raises:
        BackupFailed: the file is no backup of this kind of database, it is damaged, or somebody
            is at work on the database and would go on writing into what is gone.
    """
    if not path.is_file():
        raise BackupFailed(f"{path} is no file")
    url = make_url(settings.database_url)
    refuse_while_in_use(settings)
    if url.get_backend_name() == "sqlite":
        _restore_sqlite(Path(url.database or ""), path)
    else:
        _check_archive(path)
        # One transaction: either all of the backup is there or all is as before.
        _run("pg_restore", url, "--clean", "--if-exists", "--single-transaction", str(path))


def refuse_while_in_use(settings: Settings) -> None:
    """Raise BackupFailed that names who is at work on the database."""
    url = make_url(settings.database_url)
    users = _locks_held(settings.instance_dir)
    if url.get_backend_name() == "sqlite":
        users += _sqlite_users(Path(url.database or ""))
    else:
        users += _postgresql_users(url)
    if users:
        raise BackupFailed(f"stop every process first; still at work: {', '.join(users)}")


def _locks_held(instance: Path) -> list[str]:
    held = []
    for name, user in ((RUN_LOCK, "hub run"), (LEADER_LOCK, "hub worker")):
        with contextlib.suppress(FileNotFoundError), (instance / name).open("r") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                held.append(user)
    return held


def _sqlite_users(database: Path) -> list[str]:
    """Tell whether anybody has the file open: only the last one may leave the write-ahead log."""
    if not database.is_file():
        return []
    with contextlib.closing(sqlite3.connect(database, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            return [f"a process with {database.name} open"]
        except sqlite3.DatabaseError:
            # Damaged: that is what a restore is for.
            return []
    return []


def _postgresql_users(url: URL) -> list[str]:
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 10})
    try:
        with engine.connect() as connection:
            return [str(name) for name in connection.scalars(_OTHERS)]
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise BackupFailed(f"the database does not answer: {reason}") from error


_OTHERS = text(
    "SELECT coalesce(nullif(application_name, ''), 'a client') || ' (pid ' || pid || ')'"
    " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend' ORDER BY pid"
)


def _copy_out(url: URL, target: Path) -> None:
    if url.get_backend_name() == "sqlite":
        _vacuum_into(Path(url.database or ""), target)
        _check_sqlite(target)
    else:
        _run("pg_dump", url, "--format=custom", f"--file={target}")
        _check_archive(target)


def _vacuum_into(source: Path, target: Path) -> None:
    if not source.is_file():
        raise BackupFailed(f"{source} does not exist")
    try:
        with contextlib.closing(sqlite3.connect(source, timeout=30)) as connection:
            # An empty file is accepted as a target; it has the right permissions already.
            connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        raise BackupFailed(f"{source} cannot be copied: {error}") from error


def _check_sqlite(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(len(HEADER)) != HEADER:
            raise BackupFailed(f"{path} is not a SQLite database")
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            answer = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise BackupFailed(f"{path} is damaged: {error}") from error
    if answer != "ok":
        raise BackupFailed(f"{path} is damaged: {answer}")


def _restore_sqlite(database: Path, path: Path) -> None:
    _check_sqlite(path)
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = database.with_name(f"{database.name}.restoring")
    shutil.copyfile(path, beside)
    beside.chmod(0o600)
    # A write-ahead log of the old database must not be replayed into the new one.
    for ending in ("-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    beside.replace(database)


def _check_archive(path: Path) -> None:
    done = subprocess.run(
        ["pg_restore", "--list", str(path)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BackupFailed(f"{path} is not a whole pg_dump archive: {done.stderr.strip()}")


def _run(program: str, url: URL, *arguments: str) -> None:
    """Runs a PostgreSQL client program; the password goes by its environment, not by ``ps``."""
    # URL.set takes None for "leave it as it is", so the password is left out by making it anew.
    address = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    ).render_as_string(hide_password=False)
    environment = {**os.environ, **({"PGPASSWORD": url.password} if url.password else {})}
    command = [program, f"--dbname={address}", "--no-password", *arguments]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise BackupFailed(f"{program} is not installed (package postgresql-client)") from error
    if done.returncode != 0:
        raise BackupFailed(f"{program} failed: {done.stderr.strip()}")
