"""A taken port is named before anything starts, with the way out."""

import socket
from collections.abc import Iterator

import pytest

from hub.main.run.broker import NeededPort, is_free, taken


@pytest.fixture
def listener() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_with_a_listener_is_not_free(listener: int) -> None:
    assert not is_free(listener)


def test_the_complaint_names_port_owner_and_remedy(listener: int) -> None:
    complaints = taken([NeededPort("web", listener, "Choose another: --port N.")])

    assert complaints == [
        f"Port {listener} on 127.0.0.1 is taken, and web needs it. Choose another: --port N."
    ]


def test_free_ports_cause_no_complaint(listener: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert taken([NeededPort("web", port, "")]) == []
