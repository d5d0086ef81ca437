"""Starts again, for ever, what supervisor has given up on: intake must never stay dead.

Supervisor tries a program a few times with pauses that grow by a second and then leaves it alone
until somebody asks. We ask, again and again, so the longest pause is known.
"""

import contextlib
import http.client
import time
from pathlib import Path
from typing import Any, Final
from xmlrpc.client import Error, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

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
