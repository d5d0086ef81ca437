"""How we reach the broker: address, credentials, TLS; and the message as it came.

Everything behind this file sees `Message`, never a paho object.
"""

import ssl
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

DEFAULT_PORT: Final = 1883
DEFAULT_TLS_PORT: Final = 8883
KEEPALIVE_S: Final = 30


@dataclass(frozen=True, slots=True)
class Message:
    """One PUBLISH; `link_epoch` tells on which connection its `mid` means something."""

    topic: str
    payload: bytes
    received_at: datetime
    qos: int = 1
    mid: int = 0
    is_retained: bool = False
    is_duplicate: bool = False
    link_epoch: int = 0


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker listens and as whom we speak to it."""

    host: str
    port: int
    is_tls: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> "BrokerAddress":
        """Read `mqtt[s]://user:pass@host:port`.

        Raises:
            ValueError: another scheme, or no host.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
            raise ValueError(f"not an MQTT address: {url.rpartition('@')[2]}")
        is_tls = parts.scheme == "mqtts"
        port = parts.port or (DEFAULT_TLS_PORT if is_tls else DEFAULT_PORT)
        username = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        return cls(parts.hostname, port, is_tls, username, password)

    def equip(self, client: Client) -> None:
        """Give a client our credentials and, for mqtts, a verifying TLS context."""
        if self.username is not None:
            client.username_pw_set(self.username, self.password)
        if self.is_tls:
            client.tls_set_context(ssl.create_default_context())


def new_publisher(address: BrokerAddress, client_id: str) -> Client:
    """A client of ours that only publishes (simulator, tests); MQTT 3.1.1 suits every broker."""
    client = Client(
        CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv311
    )
    address.equip(client)
    client.max_inflight_messages_set(500)
    return client
