"""``hub run`` starts everything, keeps it alive and leaves nothing behind."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from hub.main.run.programs import hub_command
from hub.main.run.readiness import ask
from tests.acceptance.deadline import until
from tests.conftest import SECRET
from tests.integration.run.kept import Kept
from tests.services import postgres
from tests.services.choice import skip_if_left_out
from tests.services.free_port import free_port

START_PATIENCE = 60.0
# Over a busy machine's worst start of one Python process.
RESTART_PATIENCE = 30.0
# How long the database stays away besides; 90 shows by hand what a night's maintenance is like.
AWAY_S = float(os.environ.get("HUB_TEST_DATABASE_AWAY_S", "0"))


@dataclass(frozen=True)
class Run:
    """A ``hub run`` under way in an instance folder of its own."""

    process: subprocess.Popen[str]
    instance: Path
    port: int
    broker_port: int

    def pids(self, *words: str) -> set[int]:
        """Finds our processes whose command line holds all the words."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        return {child.pid for child in found if set(words) <= set(_command(child))}

    def pids_with(self, *words: str) -> set[int]:
        """Finds our processes with arguments that end in each of the words."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        return {
            child.pid
            for child in found
            if all(any(part.endswith(word) for part in _command(child)) for word in words)
        }

    def answers(self) -> bool:
        """Whether the web process answers."""
        if self.process.poll() is not None:
            pytest.fail(f"hub run ended: {self.process.communicate()[0]}")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def leftovers(self) -> list[str]:
        """Names every process of this machine that was started for our instance folder."""
        return [
            " ".join(_command(process))
            for process in psutil.process_iter()
            if _environment(process).get("HUB_INSTANCE_DIR") == str(self.instance)
        ]


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []


def _environment(process: psutil.Process) -> dict[str, str]:
    try:
        return dict(process.environ())
    except (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
        return {}


def _until(met: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.1)


def _begin(instance: Path, port: int, broker_port: int, **more: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        **more,
        "HUB_INSTANCE_DIR": str(instance),
        "HUB_SECRET_KEY": SECRET,
        "HUB_BROKER_PORT": str(broker_port),
    }
    return subprocess.Popen(
        hub_command("run", "--port", str(port)),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Everything, started."""
    skip_if_left_out("mosquitto")
    port, broker_port, instance = free_port(), free_port(), tmp_path / "instance"
    started = Run(_begin(instance, port, broker_port), instance, port, broker_port)
    try:
        _until(started.answers, START_PATIENCE, "the web process answers")
        yield started
    finally:
        if started.process.poll() is None:
            started.process.send_signal(signal.SIGTERM)
        started.process.communicate(timeout=60)


@pytest.mark.broker
def test_a_killed_process_comes_back_and_ctrl_c_leaves_nothing(run: Run) -> None:
    for words in (("ingest", "--slot"), ("web", "--port"), ("worker",)):
        _until(lambda w=words: bool(run.pids(*w)), START_PATIENCE, f"{words} runs")  # type: ignore[misc]
        before = run.pids(*words)

        for pid in before:
            os.kill(pid, signal.SIGKILL)

        _until(
            lambda w=words, b=before: bool(run.pids(*w) - b),  # type: ignore[misc]
            RESTART_PATIENCE,
            f"{words} runs again",
        )
    _until(run.answers, START_PATIENCE, "the web process answers again")

    run.process.send_signal(signal.SIGINT)
    output, _ = run.process.communicate(timeout=60)

    assert run.process.returncode == 0, output
    assert "ingest   | died: terminated by SIGKILL" in output
    assert run.leftovers() == []


KILLS = 12
# supervisor pauses a second more before each of its tries, then ``Revival`` looks every ten.
KILLED_PATIENCE = 45.0


@pytest.mark.broker
def test_what_is_killed_again_and_again_comes_back_for_ever_and_loses_nothing(run: Run) -> None:
    """Each is killed twelve times, one second after each of its starts."""
    kept = Kept(f"sqlite:///{run.instance / 'nhipcau.db'}")
    ledger = kept.begin(run.broker_port)

    _kill_all_again_and_again(run, ("ingest", "--slot"), ("worker",), ("web", "--port"))

    _until(lambda: ask(run.port).is_ready, 60.0, "everything is ready again")
    ledger.stop(until)
    kept.check(ledger)


@pytest.mark.broker
def test_the_broker_comes_back_for_ever_too(run: Run) -> None:
    """It alone may lose what it has just acknowledged: mosquitto answers from memory."""
    _kill_all_again_and_again(run, ("mosquitto.conf",))

    _until(lambda: ask(run.port).is_ready, 60.0, "everything is ready again")
    kept = Kept(f"sqlite:///{run.instance / 'nhipcau.db'}")
    ledger = kept.begin(run.broker_port)
    time.sleep(2.0)
    ledger.stop(until)
    kept.check(ledger)


def _kill_all_again_and_again(run: Run, *kinds: tuple[str, ...]) -> None:
    with ThreadPoolExecutor() as killers:
        list(killers.map(lambda words: _kill_again_and_again(run, words), kinds))


def _kill_again_and_again(run: Run, words: tuple[str, ...]) -> None:
    dead: set[int] = set()
    for number in range(KILLS):
        what = f"{words} runs for the {number + 1}th time"
        _until(lambda: bool(run.pids_with(*words) - dead), KILLED_PATIENCE, what)
        time.sleep(1.0)
        for pid in run.pids_with(*words) - dead:
            dead.add(pid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.mark.broker
def test_commands_beside_a_demo_need_nothing_exported(tmp_path: Path) -> None:
    skip_if_left_out("mosquitto")
    port, folder = free_port(), tmp_path / "elsewhere"
    bare = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    demo = subprocess.Popen(
        hub_command("run", "--demo", "--port", str(port)),
        env={**bare, "HUB_BROKER_PORT": str(free_port())},
        cwd=_made(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _until(lambda: ask(port).is_ready, START_PATIENCE, "the demo is ready")
        settings = folder / "instance" / "settings.env"
        assert stat.S_IMODE(settings.stat().st_mode) == 0o600

        checked = _beside(folder, bare, "doctor")
        token = _beside(folder, bare, "token", "create", "--user", "quantri", "--scope", "read")
        listed = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/v1/units",
            headers={"Authorization": f"Bearer {token.splitlines()[-1]}"},
        )
        with urllib.request.urlopen(listed, timeout=10) as answer:
            assert answer.status == http.client.OK
    finally:
        demo.send_signal(signal.SIGTERM)
        output, _ = demo.communicate(timeout=60)
    assert demo.returncode == 0, output
    assert f"http://127.0.0.1:{port}" in settings.read_text()
    assert checked


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _beside(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        hub_command(*arguments),
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@pytest.mark.broker
def test_a_database_that_is_away_is_waited_for(tmp_path: Path) -> None:
    skip_if_left_out("postgres")
    cluster = postgres.start_cluster(postgres.DURABLE)
    folder = Path(cluster.folder)
    url = postgres.Server(cluster.url, tmp_path).new_database()
    postgres.stop_server(folder)
    port, broker_port = free_port(), free_port()
    process = _begin(tmp_path / "instance", port, broker_port, HUB_DATABASE_URL=url)
    run = Run(process, tmp_path / "instance", port, broker_port)
    try:
        assert process.stdout is not None
        assert "The database does not answer" in process.stdout.readline()
        time.sleep(AWAY_S)
        postgres.start_server(folder)
        _until(lambda: ask(port).is_ready, START_PATIENCE, "everything is ready")
        kept = Kept(url)
        ledger = kept.begin(broker_port)
        postgres.stop_server(folder)
        _until(lambda: not ask(port).is_ready, START_PATIENCE, "the loss is seen")
        time.sleep(AWAY_S)
        postgres.start_server(folder)
        _until(lambda: ask(port).is_ready, START_PATIENCE, "everything is ready again")
        ledger.stop(until)
        kept.check(ledger)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        postgres.stop_server(folder)
        shutil.rmtree(folder)
    assert run.leftovers() == []


@pytest.mark.broker
def test_nothing_outlives_a_supervising_process_that_is_killed_outright(run: Run) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux tells a child of its parent's death")

    run.process.kill()

    _until(lambda: run.leftovers() == [], 40.0, "all processes are gone")


@pytest.mark.parametrize("taken", ["web", "the embedded broker"])
def test_a_taken_port_is_named_and_nothing_is_started(tmp_path: Path, taken: str) -> None:
    instance = tmp_path / "instance"
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
        web, broker = (number, free_port()) if taken == "web" else (free_port(), number)

        output, _ = (process := _begin(instance, web, broker)).communicate(timeout=60)

    assert process.returncode == 1, output
    assert f"Port {number} on 127.0.0.1 is taken, and {taken} needs it. Choose another" in output
    assert not (instance / "nhipcau.db").exists()
    assert not (instance / "supervisord.conf").exists()
