"""``hub run`` starts everything, keeps it alive and leaves nothing behind."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from hub.main.run.programs import hub_command
from tests.conftest import SECRET
from tests.services.choice import skip_if_left_out
from tests.services.free_port import free_port

START_PATIENCE = 60.0
# Over a busy machine's worst start of one Python process.
RESTART_PATIENCE = 30.0


@dataclass(frozen=True)
class Run:
    """A ``hub run`` under way in an instance folder of its own."""

    process: subprocess.Popen[str]
    instance: Path
    port: int

    def pids(self, *words: str) -> set[int]:
        """Finds our processes whose command line holds all the words."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        return {child.pid for child in found if set(words) <= set(_command(child))}

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


def _begin(instance: Path, port: int, broker_port: int) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
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
    port = free_port()
    started = Run(_begin(tmp_path / "instance", port, free_port()), tmp_path / "instance", port)
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
