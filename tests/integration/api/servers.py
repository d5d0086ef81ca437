"""Real web processes on free ports, and many callers at once."""

import contextlib
import http.client
import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.main.run.programs import hub_command
from tests.conftest import SECRET
from tests.services.free_port import free_port

ROOT = Path(__file__).parents[3]
START_PATIENCE = 90.0
STOP_PATIENCE = 20.0
ANSWER_PATIENCE = 90.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What one call came to."""

    status: int
    body: Any
    seconds: float
    size: int


@dataclass(frozen=True, slots=True)
class Servers:
    """The web processes of one installation; calls go to them in turn."""

    ports: tuple[int, ...]
    token: str

    def connect(self, number: int = 0) -> http.client.HTTPConnection:
        """Return a connection to one of them."""
        port = self.ports[number % len(self.ports)]
        return http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_PATIENCE)

    def call(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: Any = None
    ) -> Reply:
        """Send one request over an open connection."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body)
        began = time.perf_counter()
        connection.request(method, "/api/v1" + path, sent, headers)
        answer = connection.getresponse()
        text = answer.read()
        seconds = time.perf_counter() - began
        return Reply(answer.status, json.loads(text) if text else None, seconds, len(text))

    def at_once(self, method: str, path: str, bodies: Sequence[Any]) -> list[Reply]:
        """Send all bodies at the same moment, each over a connection of its own."""
        gate = threading.Barrier(len(bodies))

        def one(numbered: tuple[int, Any]) -> Reply:
            number, body = numbered
            connection = self.connect(number)
            connection.connect()
            gate.wait()
            reply = self.call(connection, method, path, body)
            connection.close()
            return reply

        with ThreadPoolExecutor(len(bodies)) as threads:
            return list(threads.map(one, enumerate(bodies)))


@contextlib.contextmanager
def serving(database_url: str, folder: Path, token: str, count: int) -> Iterator[Servers]:
    """Run web processes on a migrated database until the block ends."""
    folder.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        # The modules at the root are copies in an editable installation; these are the sources.
        "PYTHONPATH": str(ROOT),
        "HUB_DATABASE_URL": database_url,
        "HUB_INSTANCE_DIR": str(folder),
        "HUB_SECRET_KEY": SECRET,
        "HUB_SMTP_URL": f"file:{folder / 'mail'}",
    }
    ports = tuple(free_port() for _ in range(count))
    with (folder / "web.log").open("w") as log:
        started = [
            subprocess.Popen(
                hub_command("web", "--port", str(port)), env=environment, stdout=log, stderr=log
            )
            for port in ports
        ]
        try:
            for port, process in zip(ports, started, strict=True):
                _wait_for(port, process, folder / "web.log")
            yield Servers(ports, token)
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(STOP_PATIENCE)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the web process ended: {log.read_text()[-2000:]}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            if _is_well(port):
                return
        time.sleep(0.1)
    raise TimeoutError(f"no answer on port {port}: {log.read_text()[-2000:]}")


def _is_well(port: int) -> bool:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as line:
        line.request("GET", "/healthz")
        answer = line.getresponse()
        answer.read()
        return answer.status == http.client.OK
