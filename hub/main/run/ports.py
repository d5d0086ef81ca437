"""Finds out whether a TCP port is free before anything is started."""

import socket
from dataclasses import dataclass

from hub.embedded_broker import LOOPBACK


@dataclass(frozen=True, slots=True)
class NeededPort:
    """A port that a process will listen on, and how the user chooses another."""

    owner: str
    number: int
    remedy: str


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Tells whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: connections of an earlier run in TIME_WAIT do not matter.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def taken(needed: list[NeededPort]) -> list[str]:
    """Says for each port that is taken who needs it and how to choose another."""
    return [
        f"Port {port.number} on {LOOPBACK} is taken, and {port.owner} needs it. {port.remedy}"
        for port in needed
        if not is_free(port.number)
    ]
