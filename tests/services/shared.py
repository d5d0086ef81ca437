"""One service per test run, however many workers use it.

The first worker that needs a service starts it and leaves a note in the run's folder, under a
file lock; the process that began the run stops whatever has left a note.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import pytest

STOP_PATIENCE = 20.0
RUN_FOLDER = "HUB_TEST_RUN_FOLDER"


@dataclass(frozen=True, slots=True)
class Service:
    """A running service: where it answers, what to remove and whom to stop, by which signal."""

    url: str
    folder: str
    pid: int
    stop_signal: int = signal.SIGTERM


def begin(config: pytest.Config) -> None:
    """Makes the folder that all workers of this run share; they inherit the variable."""
    if not is_worker(config):
        os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="nhipcau-run-")


def run_folder() -> Path:
    """Gives the folder that all workers of this run share."""
    return Path(os.environ[RUN_FOLDER])


def end(config: pytest.Config) -> None:
    """Stops what this run started, called when no worker is left."""
    if not is_worker(config) and RUN_FOLDER in os.environ:
        stop_all(run_folder())
        shutil.rmtree(run_folder(), ignore_errors=True)
        del os.environ[RUN_FOLDER]


def is_worker(config: pytest.Config) -> bool:
    """Tells whether this process is one of xdist's workers."""
    return hasattr(config, "workerinput")


def obtain(folder: Path, name: str, start: Callable[[], Service]) -> Service:
    """Gives the run's service of that name, starting it when nobody has."""
    note = folder / f"{name}.json"
    with locked(folder / f"{name}.lock"):
        if note.exists():
            return Service(**json.loads(note.read_text(encoding="utf-8")))
        service = start()
        note.write_text(json.dumps(asdict(service)), encoding="utf-8")
        return service


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds a lock between processes."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def stop_all(folder: Path) -> None:
    """Stops every service of the run and removes what it stored."""
    for note in folder.glob("*.json"):
        stop(Service(**json.loads(note.read_text(encoding="utf-8"))))
        note.unlink()


def stop(service: Service) -> None:
    """Stops one service and waits until it is gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(service.pid, service.stop_signal)
    deadline = time.monotonic() + STOP_PATIENCE
    while is_alive(service.pid):
        if time.monotonic() > deadline:
            os.kill(service.pid, signal.SIGKILL)
        time.sleep(0.02)
    shutil.rmtree(service.folder, ignore_errors=True)


def is_alive(pid: int) -> bool:
    """Tells whether a process lives; one that only waits to be reaped does not."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False
