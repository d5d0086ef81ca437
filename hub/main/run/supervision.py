"""``hub run``: everything on one machine, started, watched, restarted and stopped together."""

import contextlib
import ctypes
import fcntl
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any, Final
from xmlrpc.client import Error, ServerProxy

import click
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool
from supervisor.xmlrpc import SupervisorTransport

from config import Settings
from hub.embedded_broker import EMBEDDED, LOOPBACK, effective_mqtt_url, find_mosquitto
from hub.main.backup import RUN_LOCK
from hub.main.run import readiness
from hub.main.run.broker import NeededPort, prepare_broker, taken
from hub.main.run.output import Follower
from hub.main.run.own_settings import write_demo_settings
from hub.main.run.programs import Program, hub_command, programs, supervisord_configuration

PAUSE_S: Final = 10.0


class Revival:
    """Asks supervisor, at most every ``PAUSE_S``, to start what it gave up on."""

    def __init__(self, socket: Path) -> None:
        transport = SupervisorTransport(None, None, f"unix://{socket}")
        self._supervisor: Any = ServerProxy("http://127.0.0.1", transport=transport).supervisor
        self._due = time.monotonic() + PAUSE_S

    def attend(self) -> None:
        """Start again whatever lies fatally ill, when it is time to look."""
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + PAUSE_S
        # Supervisor may be starting or stopping itself; the next look comes soon.
        with contextlib.suppress(Error, OSError, http.client.HTTPException):
            for process in self._supervisor.getAllProcessInfo():
                if process["statename"] == "FATAL":
                    self._supervisor.startProcess(process["name"], False)


PAUSES_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0)


def wait_for_database(url: str, say: Callable[[str], None]) -> None:
    """Return once the database answers; say at every try in vain why it does not.

    An embedded one is a file and needs no waiting.
    """
    if url.startswith("sqlite"):
        return
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 5})
    tries = 0
    while (refusal := _refusal(engine.connect)) is not None:
        pause = PAUSES_S[min(tries, len(PAUSES_S) - 1)]
        say(f"The database does not answer ({refusal}); tried again in {pause:.0f} s.")
        time.sleep(pause)
        tries += 1


def _refusal(connect: Callable[[], object]) -> str | None:
    try:
        connect().close()  # type: ignore[attr-defined]
    except OperationalError as error:
        return str(error.orig).splitlines()[0]
    return None


START_PATIENCE = 90.0
# Longer than supervisor gives any program (stopwaitsecs).
STOP_PATIENCE = 40.0
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Run:
    """One run of everything: where, on which port, with the demo or without."""

    settings: Settings
    port: int
    demo: bool
    closing_lines: Sequence[str]

    @property
    def logs(self) -> Path:
        """The folder of all logs."""
        return self.settings.instance_dir / "logs"

    def environment(self) -> dict[str, str]:
        """Gives the environment of all processes: the caller's, made whole."""
        inherited = dict(os.environ)
        inherited["HUB_INSTANCE_DIR"] = str(self.settings.instance_dir)
        inherited.setdefault("HUB_BASE_URL", f"http://{LOOPBACK}:{self.port}")
        inherited["PYTHONUNBUFFERED"] = "1"
        if self.demo:
            inherited["HUB_DEMO"] = "1"
        return inherited


def supervise(
    settings: Settings, port: int, demo: bool = False, closing_lines: Sequence[str] = ()
) -> int:
    """Runs broker, web, ingest and worker until Ctrl-C or SIGTERM; gives the exit code.

    Nothing is started when a port is taken or another run uses the same instance folder.
    ``closing_lines`` (the demo's logins, say) are printed once everything is ready.
    """
    run = Run(settings, port, demo, closing_lines)
    run.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _instance_lock(settings.instance_dir) as is_ours:
        obstacles = taken(_needed_ports(run))
        if not is_ours:
            obstacles.insert(
                0, f"Another hub run uses {settings.instance_dir} (choose by HUB_INSTANCE_DIR)."
            )
        for obstacle in obstacles:
            click.echo(obstacle, err=True)
        if obstacles:
            return 1
        if demo:
            write_demo_settings(run.environment())
        return _run(run) if _prepare_database(run) else 1


def _needed_ports(run: Run) -> list[NeededPort]:
    needed = [NeededPort("web", run.port, "Choose another: hub run --port N (make run PORT=N).")]
    if run.settings.mqtt_url == EMBEDDED:
        remedy = "Choose another: HUB_BROKER_PORT=N, or use your own broker by HUB_MQTT_URL."
        needed.append(NeededPort("the embedded broker", run.settings.broker_port, remedy))
    return needed


@contextlib.contextmanager
def _instance_lock(instance: Path) -> Iterator[bool]:
    """Holds the instance folder; the kernel lets go of it however this process ends."""
    with (instance / RUN_LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _prepare_database(run: Run) -> bool:
    wait_for_database(run.settings.database_url, click.echo)
    # Seeding upgrades the tables itself: one start of Python less before the address shows.
    step = hub_command("seed", "demo") if run.demo else hub_command("db", "upgrade")
    if subprocess.run(step, env=run.environment(), check=False).returncode != 0:
        click.echo(f"Not started: {' '.join(['hub', *step[1:]])} failed.", err=True)
        return False
    return True


def _run(run: Run) -> int:
    listed = _programs(run)
    configuration = run.settings.instance_dir / "supervisord.conf"
    follower = Follower(run.logs, [program.name for program in listed], click.echo)
    # A socket's path may have some hundred characters only; an instance folder's may be longer.
    with _stop_requests() as stop_request, TemporaryDirectory(prefix="nhipcau-") as folder:
        socket = Path(folder) / "supervisor.sock"
        configuration.write_text(
            supervisord_configuration(listed, run.settings.instance_dir, socket), encoding="utf-8"
        )
        supervisord = _start_supervisord(configuration, run)
        follower.start()
        try:
            return _attend(run, supervisord, stop_request, Revival(socket))
        finally:
            _stop(supervisord)
            follower.stop()
            click.echo("Everything is stopped.")


def _programs(run: Run) -> list[Program]:
    if run.settings.mqtt_url != EMBEDDED:
        return programs(run.port, None, run.demo)
    mosquitto = find_mosquitto()
    if mosquitto is None:
        click.echo("warning: mosquitto is not installed; the demo broker may lose messages")
    return programs(run.port, prepare_broker(run.settings, mosquitto), run.demo)


class StopRequest:
    """Remembers that the user asked to stop."""

    def __init__(self) -> None:
        self.is_made = False

    def make(self, number: int, frame: FrameType | None) -> None:
        """Notes a signal; anything longer would not belong into a signal handler."""
        self.is_made = True


@contextlib.contextmanager
def _stop_requests() -> Iterator[StopRequest]:
    request = StopRequest()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, request.make) for number in numbers}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _start_supervisord(configuration: Path, run: Run) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(configuration)],
        env=run.environment(),
        # Ctrl-C reaches us alone; we stop the rest in order.
        start_new_session=True,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    )


def _die_with_parent() -> None:
    """Asks the kernel to stop supervisord, and so everything, should we be killed outright."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _attend(
    run: Run, supervisord: subprocess.Popen[bytes], request: StopRequest, revival: Revival
) -> int:
    def goes_on() -> bool:
        revival.attend()
        return not request.is_made and supervisord.poll() is None

    answer = readiness.wait(run.port, START_PATIENCE, goes_on)
    if goes_on():
        _announce(run, answer)
    while goes_on():
        with contextlib.suppress(subprocess.TimeoutExpired):
            supervisord.wait(timeout=0.3)
    if request.is_made:
        return 0
    click.echo(f"supervisord ended by itself; see {run.logs / 'supervisord.log'}", err=True)
    return 1


def _announce(run: Run, answer: readiness.Readiness) -> None:
    if not answer.is_ready:
        click.echo(
            f"Not everything is ready after {START_PATIENCE:.0f} s: {answer.body[:500]}", err=True
        )
    lines = [
        "",
        f"Nhịp Cầu: http://{LOOPBACK}:{run.port}",
        f"MQTT:     {effective_mqtt_url(run.settings).rpartition('@')[2].removeprefix('mqtt://')}",
        f"Logs:     {run.logs}",
        *run.closing_lines,
        "Ctrl-C stops everything.",
        "",
    ]
    for line in lines:
        click.echo(line)


def _stop(supervisord: subprocess.Popen[bytes]) -> None:
    if supervisord.poll() is not None:
        return
    supervisord.terminate()
    try:
        supervisord.wait(timeout=STOP_PATIENCE)
    except subprocess.TimeoutExpired:
        click.echo("warning: supervisord did not stop in time and is killed", err=True)
        supervisord.kill()
        supervisord.wait()
