"""A PostgreSQL cluster of the test run's own, and databases copied from one migrated template."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from sqlalchemy import Engine, text

from tests.services.free_port import free_port
from tests.services.migrate import migrate
from tests.services.shared import Service, locked

TEMPLATE = "nhipcau_template"
SUPERUSER = "postgres"
# As awkward in an address as one may be.
PASSWORD = "p@ss:w/rd 100%"

# Durability is not what these tests are about; the fault tests start their own cluster.
_FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=300",
    "shared_buffers=64MB",
    "timezone=UTC",
    "log_min_messages=warning",
)
# For whoever pulls the plug (`stop_server`) and counts what was committed.
DURABLE = tuple(
    option
    for option in _FAST
    if not option.startswith(("fsync", "synchronous_commit", "full_page_writes"))
)


def programs_folder() -> Path:
    """Finds initdb and pg_ctl, which Debian keeps outside PATH.

    Raises:
        FileNotFoundError: PostgreSQL is not installed.
    """
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if debian:
        return debian[-1]
    found = shutil.which("initdb")
    if found is None:
        raise FileNotFoundError("PostgreSQL is not installed (make services)")
    return Path(found).resolve().parent


def start_cluster(options: tuple[str, ...] = _FAST) -> Service:
    """Makes and starts a cluster on a free port of this machine."""
    folder = Path(tempfile.mkdtemp(prefix="nhipcau-pg-"))
    data = folder / "data"
    if os.geteuid() == 0:
        owner = pwd.getpwnam(SUPERUSER)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    bin_folder = programs_folder()
    secret = folder / "password"
    secret.write_text(PASSWORD)
    if os.geteuid() == 0:
        os.chown(secret, owner.pw_uid, owner.pw_gid)
    how = ["-U", SUPERUSER, "-A", "md5", f"--pwfile={secret}"]
    how += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    _run_as_owner([f"{bin_folder}/initdb", "-D", str(data), *how])
    port = free_port()
    settings = [*options, f"port={port}", "listen_addresses=127.0.0.1"]
    settings.append(f"unix_socket_directories={folder}")
    with (data / "postgresql.auto.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, _, value in map(_split, settings))
    start_server(folder)
    pid = int((data / "postmaster.pid").read_text().split()[0])
    url = f"postgresql+psycopg://{SUPERUSER}:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/postgres"
    return Service(url, str(folder), pid, signal.SIGQUIT)


def start_server(folder: Path) -> None:
    """Starts the server of a cluster and waits until it answers."""
    control = [f"{programs_folder()}/pg_ctl", "-D", str(folder / "data"), "-w"]
    _run_as_owner([*control, "-l", str(folder / "server.log"), "start"])


def stop_server(folder: Path) -> None:
    """Stops the server of a cluster at once, as a power cut does."""
    control = [f"{programs_folder()}/pg_ctl", "-D", str(folder / "data"), "-w"]
    _run_as_owner([*control, "-m", "immediate", "stop"])


def _split(setting: str) -> tuple[str, str, str]:
    return setting.partition("=")


def _run_as_owner(command: list[str]) -> None:
    """PostgreSQL refuses to be run by root."""
    if os.geteuid() == 0:
        command = ["runuser", "-u", SUPERUSER, "--", *command]
    subprocess.run(
        command, check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )


class Server:
    """Hands out databases on one server, each a copy of the migrated template."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._folder = folder

    def new_database(self) -> str:
        """Makes a migrated, empty database and gives its URL."""
        self._ensure_template()
        name = f"nhipcau_{uuid.uuid4().hex[:12]}"
        self._copy(TEMPLATE, name)
        return self._url_of(name)

    def drop_database(self, url: str) -> None:
        """Removes a database, whoever is still connected."""
        name = sql.Identifier(url.rpartition("/")[2])
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def empty_database(self) -> str:
        """Makes a database without any table and gives its URL."""
        name = f"nhipcau_{uuid.uuid4().hex[:12]}"
        self._copy("template0", name)
        return self._url_of(name)

    def _ensure_template(self) -> None:
        done = self._folder / "postgres-template.done"
        with locked(self._folder / "postgres-template.lock"):
            if done.exists():
                return
            # On a server that outlives the run the template may be an older one.
            self.drop_database(self._url_of(TEMPLATE))
            self._copy("template0", TEMPLATE)
            migrate(self._url_of(TEMPLATE))
            done.touch()

    def _copy(self, template: str, name: str) -> None:
        # Two copies of one template at a time are refused, hence the lock.
        with locked(self._folder / "postgres-copy.lock"):
            self._execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )

    def _execute(self, statement: sql.Composed) -> None:
        address = self._url.replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)

    def _url_of(self, name: str) -> str:
        return f"{self._url.rpartition('/')[0]}/{name}"


def wait_for_a_waiting_lock(engine: Engine, patience_s: float = 20.0) -> None:
    """Return once a statement of this database waits for a lock."""
    ends = time.monotonic() + patience_s
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with engine.connect() as watching:
        while not watching.execute(waiting).scalar_one():
            watching.rollback()
            if time.monotonic() > ends:
                raise TimeoutError("nobody waits for a lock")
            time.sleep(0.005)
