"""Checks the MQTT broker: reachable, lets us in, speaks MQTT 5."""

import ssl
import uuid
from dataclasses import dataclass, field
from threading import Event as Signal
from typing import Any
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client, ConnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from config import Settings
from hub.embedded_broker import EMBEDDED, effective_mqtt_url, is_demo_broker
from hub.main.doctor.findings import Finding

SETTING = "HUB_MQTT_URL"
PATIENCE = 5.0
PLAIN_PORT = 1883
TLS_PORT = 8883


@dataclass
class Answer:
    """What the broker said to a connection attempt."""

    reason: str = ""
    has_come: Signal = field(default_factory=Signal)


def findings(settings: Settings) -> list[Finding]:
    """Connects as ingest would, under a name of its own, and leaves again."""
    url = urlsplit(effective_mqtt_url(settings))
    where = f"{url.hostname}:{url.port or _default_port(url.scheme)}"
    problem = _attempt(settings)
    if problem:
        return [Finding(SETTING, f"{where}: {problem}", _remedy(settings))]
    if is_demo_broker(settings):
        sentence = "the demo broker: MQTT 3.1.1 only, messages may be lost"
        # Good enough for a look at the product, and for nothing else.
        remedy = "" if settings.demo else "apt-get install mosquitto, or set HUB_MQTT_URL"
        return [Finding(SETTING, sentence, remedy)]
    return [Finding(SETTING, f"connected to {where}")]


def _remedy(settings: Settings) -> str:
    if settings.mqtt_url == EMBEDDED:
        return "Start it: hub run"
    return "Check host, port, user, password, certificate and the broker's access list."


def _attempt(settings: Settings) -> str:
    """Gives what went wrong in words, or nothing."""
    answer = Answer()
    client = _client(settings, answer)
    url = urlsplit(effective_mqtt_url(settings))
    try:
        client.connect(url.hostname or "", url.port or _default_port(url.scheme), keepalive=10)
    except (OSError, ssl.SSLError) as error:
        return str(error)
    client.loop_start()
    has_answered = answer.has_come.wait(PATIENCE)
    client.disconnect()
    client.loop_stop()
    return answer.reason if has_answered else f"no answer within {PATIENCE:.0f} s"


def _client(settings: Settings, answer: Answer) -> Client:
    url = urlsplit(effective_mqtt_url(settings))
    version = MQTTProtocolVersion.MQTTv5
    if is_demo_broker(settings):
        version = MQTTProtocolVersion.MQTTv311
    client = Client(
        CallbackAPIVersion.VERSION2, client_id=f"doctor-{uuid.uuid4().hex[:8]}", protocol=version
    )
    if url.username:
        client.username_pw_set(unquote(url.username), unquote(url.password or ""))
    if url.scheme == "mqtts":
        client.tls_set()

    def on_connect(
        _client: Client, _data: Any, _flags: ConnectFlags, reason: ReasonCode, _p: Properties | None
    ) -> None:
        answer.reason = str(reason) if reason.is_failure else ""
        answer.has_come.set()

    client.on_connect = on_connect
    return client


def _default_port(scheme: str) -> int:
    return TLS_PORT if scheme == "mqtts" else PLAIN_PORT
