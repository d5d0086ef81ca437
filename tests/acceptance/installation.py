"""A whole installation as ``hub run --demo`` starts it, in a folder and on ports of its own."""

import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from hub.main.run.programs import hub_command
from tests.acceptance.deadline import until
from tests.services.free_port import free_port

# The worst start seen on a machine with nine times more to do than cores.
START_PATIENCE = 170.0
STOP_PATIENCE = 60.0


@dataclass(slots=True)
class Installation:
    """Starts everything and remembers what it printed."""

    instance: Path
    port: int = field(default_factory=free_port)
    broker_port: int = field(default_factory=free_port)
    output: list[str] = field(default_factory=list)
    began_at: float = 0.0
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def running(self) -> subprocess.Popen[str]:
        """The supervising process."""
        assert self.process is not None, "not started"
        return self.process

    @property
    def age(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began_at

    def start(self, *options: str) -> None:
        """Begin; the output is read in a thread so that no pipe fills up."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
        ours = {"HUB_INSTANCE_DIR": str(self.instance), "HUB_BROKER_PORT": str(self.broker_port)}
        self.began_at = time.monotonic()
        self.process = subprocess.Popen(
            hub_command("run", "--port", str(self.port), *options),
            env={**kept, **ours},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._listen, args=[self.process], daemon=True).start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self.output.append(line.rstrip())

    def wait_for_address(self) -> None:
        """Wait for the line with the address, with which the start is over."""

        def is_there() -> bool:
            assert self.running.poll() is None, self.output
            return any(self.url in line for line in self.output)

        until(is_there, START_PATIENCE, f"the address is printed; so far {self.output}")

    def interrupt(self) -> int:
        """Press Ctrl-C and wait for the end; gives the exit code."""
        self.running.send_signal(signal.SIGINT)
        return self.running.wait(STOP_PATIENCE)

    def end(self) -> None:
        """Make sure nothing runs on after a test that failed."""
        if self.process is not None and self.process.poll() is None:
            self.interrupt()

    def processes(self) -> dict[int, list[str]]:
        """Every living process that was started for the folder, with its command line."""
        found = {}
        for process in psutil.process_iter():
            try:
                if process.environ().get("HUB_INSTANCE_DIR") == str(self.instance):
                    found[process.pid] = list(process.cmdline())
            except psutil.Error:
                continue
        return found

    def memory(self) -> dict[str, int]:
        """Resident megabytes of each process, by a short name."""
        named = {}
        for pid, command in self.processes().items():
            try:
                name = " ".join(Path(word).name for word in command[:3])
                named[f"{name} ({pid})"] = psutil.Process(pid).memory_info().rss // 2**20
            except psutil.Error:
                continue
        return named

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """Ask the database beside the processes."""
        path = self.instance / "nhipcau.db"
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=15)
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    def letters(self) -> list[Path]:
        """The mail that has left."""
        return sorted((self.instance / "mail").glob("*.eml"))
