"""Waits for the web process to say that everything it needs is there."""

import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass

from hub.embedded_broker import LOOPBACK

PATH = "/readyz"
INTERVAL = 0.25


@dataclass(frozen=True, slots=True)
class Readiness:
    """The last answer of ``/readyz``; status 0 when nobody answered."""

    status: int
    body: str

    @property
    def is_ready(self) -> bool:
        """Whether every part answered well."""
        return self.status == http.client.OK


def ask(port: int, timeout: float = 5.0) -> Readiness:
    """Asks the web process on this machine once."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=timeout)
    try:
        connection.request("GET", PATH)
        response = connection.getresponse()
        return Readiness(response.status, response.read().decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException) as error:
        return Readiness(0, str(error))
    finally:
        connection.close()


def wait(port: int, seconds: float, goes_on: Callable[[], bool] = lambda: True) -> Readiness:
    """Asks until ready, until the time is over or until ``goes_on`` denies."""
    deadline = time.monotonic() + seconds
    answer = ask(port)
    while not answer.is_ready and goes_on() and time.monotonic() < deadline:
        time.sleep(INTERVAL)
        answer = ask(port)
    return answer
