"""The shipped broker keeps devices apart from each other and from ingest."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from hub.embedded_broker import find_mosquitto
from hub.main.run.broker import is_free
from smartcity.ingest.link import BrokerLink, BrokerSession
from smartcity.ingest.loop import SlotOptions
from smartcity.mqtt import BrokerAddress, Message
from tests.integration.deploy.shipped import hand_over, make_certificate, text_of, until
from tests.services.choice import skip_if_left_out
from tests.services.free_port import free_port

MESSAGES = 100
PASSWORDS = {"ingest": "of-ingest", "river-a": "of-a", "river-b": "of-b"}

pytestmark = pytest.mark.broker


@dataclass(frozen=True, slots=True)
class Broker:
    """A running broker: the listener of ours and the one of devices."""

    inner: int
    outer: int
    authority: Path

    def device(self, name: str, client_id: str) -> Client:
        """A device that is connected, under whatever client id it claims."""
        client = Client(
            CallbackAPIVersion.VERSION2, client_id, protocol=MQTTProtocolVersion.MQTTv311
        )
        client.username_pw_set(name, PASSWORDS[name])
        client.tls_set(str(self.authority))
        client.connect("localhost", self.outer)
        client.loop_start()
        until(client.is_connected, f"{name} is connected")
        return client


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """mosquitto with the shipped files, in a folder and on ports of this test."""
    skip_if_left_out("mosquitto")
    program = find_mosquitto()
    assert program is not None
    folder, data = tmp_path / "etc", tmp_path / "data"
    folder.mkdir()
    data.mkdir()
    make_certificate(folder, "localhost")
    for name, password in PASSWORDS.items():
        make = ["-c", "-b"] if name == "ingest" else ["-b"]
        file = str(folder / "passwords")
        subprocess.run(["mosquitto_passwd", *make, file, name, password], check=True)
    inner, outer = free_port(), free_port()
    (folder / "acl").write_text(text_of("mosquitto/acl", {}))
    (folder / "inner").mkdir()
    (folder / "inner" / "inner.conf").write_text(
        text_of("mosquitto/inner/inner.conf", {"1883": str(inner)})
    )
    places = {
        "/etc/mosquitto": str(folder),
        "/var/lib/mosquitto/": f"{data}/",
        "listener 8883": f"listener {outer}",
    }
    configuration = folder / "mosquitto.conf"
    configuration.write_text(text_of("mosquitto/mosquitto.conf", places))
    hand_over(tmp_path, "mosquitto")
    process = subprocess.Popen([program, "-c", str(configuration)], cwd="/")
    try:
        until(lambda: not is_free(inner) and not is_free(outer), "mosquitto listens")
        yield Broker(inner, outer, folder / "certs" / "ca.crt")
    finally:
        process.terminate()
        process.wait(timeout=20)


def ingest_link(broker: Broker) -> BrokerLink:
    """Ingest's own connection, by its own code, through the listener of ours."""
    options = SlotOptions()
    session = BrokerSession(options.client_id, ("city/#",))
    address = BrokerAddress.parse(f"mqtt://ingest:of-ingest@127.0.0.1:{broker.inner}")
    link = BrokerLink(address, session, lambda: datetime.now(UTC))
    link.connect()
    return link


def is_subscribed(link: BrokerLink) -> bool:
    """Whether the connection stands; what it is told meanwhile is of no interest."""
    link.read(1, 0.1)
    link.tend()
    return link.is_ready


def received(link: BrokerLink, count: int) -> list[Message]:
    """What arrives, until as many as expected are there."""
    found: list[Message] = []

    def are_there() -> bool:
        taken = link.read(MESSAGES, 0.1)
        link.acknowledge(taken)
        found.extend(taken)
        return len(found) >= count

    until(are_there, f"{count} messages arrive")
    return found


def test_a_device_that_takes_the_name_of_ingest_takes_nothing_else(broker: Broker) -> None:
    link = ingest_link(broker)
    until(lambda: is_subscribed(link), "ingest has subscribed")
    link.close()
    thief = broker.device("river-a", SlotOptions().client_id)
    honest = broker.device("river-b", "anything")
    for number in range(MESSAGES):
        sent = honest.publish("city/19249/river-b/telemetry", str(number), qos=1)
        sent.wait_for_publish(10)
    thief.disconnect()

    messages = received(ingest_link(broker), MESSAGES)

    assert {message.payload for message in messages} == {
        str(number).encode() for number in range(MESSAGES)
    }


def test_a_device_speaks_for_itself_only(broker: Broker) -> None:
    link = ingest_link(broker)
    until(lambda: is_subscribed(link), "ingest has subscribed")
    for name in ("river-b", "river-a"):
        # For speaking in another's name the broker may end the connection.
        device = broker.device("river-a", "river-a")
        device.publish(f"city/19249/{name}/telemetry", name, qos=1)
        until(lambda d=device: not d.is_connected() or not d.want_write(), "it has left")
        device.disconnect()

    assert [message.payload for message in received(link, 1)] == [b"river-a"]
