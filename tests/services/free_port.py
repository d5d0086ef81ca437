"""Finds a TCP port that nobody listens on."""

import socket


def free_port() -> int:
    """Gives a port of this machine that is free now.

    Taken from below the range the kernel gives to outgoing connections would be surer still;
    the kernel does not hand out the same number twice in a row, which is sure enough.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
