"""The pure-Python broker carries the demo where mosquitto is not installed."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from paho.mqtt import publish, subscribe
from paho.mqtt.enums import MQTTProtocolVersion

from hub.main.run.broker import is_free, prepare_broker
from tests.conftest import SettingsFactory
from tests.services.free_port import free_port

START_PATIENCE = 20.0


@pytest.fixture
def broker_port(make_settings: SettingsFactory) -> Iterator[int]:
    """The port of a demo broker in a process of its own."""
    port = free_port()
    command = prepare_broker(make_settings(broker_port=port), mosquitto=None)
    assert command[0] == sys.executable
    with subprocess.Popen(command) as process:
        try:
            deadline = time.monotonic() + START_PATIENCE
            while is_free(port):
                assert time.monotonic() < deadline, "the demo broker does not start"
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()
            assert process.wait(timeout=20) == 0


def test_a_retained_message_is_delivered(broker_port: int, topic_prefix: str) -> None:
    topic = f"{topic_prefix}/status"
    where: dict[str, Any] = {
        "hostname": "127.0.0.1",
        "port": broker_port,
        "protocol": MQTTProtocolVersion.MQTTv311,
    }

    publish.single(topic, b"online", qos=1, retain=True, **where)
    message = subscribe.simple(topic, qos=1, **where)  # type: ignore[no-untyped-call]

    assert message.payload == b"online"
