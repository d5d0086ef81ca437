"""One persistent MQTT session, driven by the caller's own single-threaded loop.

paho's network thread would fight ours for the interpreter lock, and an exception in one of its
callbacks would end it without a word. Here every byte is read when the loop asks for it, so the
socket itself is the back-pressure: what is not read stays with the broker.
"""

import logging
import select
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from smartcity.mqtt import KEEPALIVE_S, BrokerAddress, Message

logger = logging.getLogger(__name__)

SESSION_EXPIRY_S: Final = 7 * 24 * 3600
RECEIVE_MAXIMUM: Final = 500
CONNECT_TIMEOUT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class BrokerSession:
    """What identifies our place at the broker over restarts."""

    client_id: str
    topic_filters: tuple[str, ...]
    left_filters: tuple[str, ...] = ()
    """Subscriptions of an earlier life, which the broker would go on serving as well."""
    is_mqtt5: bool = True


class BrokerLink:
    """Connection of one ingest slot; reconnecting is the caller's decision."""

    def __init__(
        self, address: BrokerAddress, session: BrokerSession, clock: Callable[[], datetime]
    ):
        self._address = address
        self._session = session
        self._clock = clock
        self._inbox: list[Message] = []
        self._epoch = 0
        self._is_ready = False
        self._client = self._new_client()

    @property
    def is_ready(self) -> bool:
        """True from SUBSCRIBE sent on a live connection until that connection is lost."""
        return self._is_ready and self._client.socket() is not None

    @property
    def is_open(self) -> bool:
        """True while there is a socket, ready or not."""
        return self._client.socket() is not None

    def connect(self) -> None:
        """Open the connection; the session at the broker is resumed, never cleared.

        Raises:
            OSError: the broker cannot be reached.
        """
        self._forget()
        if self._session.is_mqtt5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.SessionExpiryInterval = SESSION_EXPIRY_S
            properties.ReceiveMaximum = RECEIVE_MAXIMUM
            self._client.connect(
                self._address.host,
                self._address.port,
                KEEPALIVE_S,
                clean_start=False,
                properties=properties,
            )
        else:
            self._client.connect(self._address.host, self._address.port, KEEPALIVE_S)

    def read(self, limit: int, wait_s: float) -> list[Message]:
        """Messages the socket holds now, at most `limit`; waits up to `wait_s` for the first."""
        self._drain(limit)
        if not self._inbox and self._wait(wait_s):
            self._drain(limit)
        taken, self._inbox = self._inbox[:limit], self._inbox[limit:]
        return taken

    def acknowledge(self, messages: list[Message]) -> None:
        """PUBACK what is durable; identifiers of an earlier connection mean nothing now."""
        for message in messages:
            if message.qos and message.link_epoch == self._epoch and self.is_open:
                self._client.ack(message.mid, message.qos)
        self.tend()

    def tend(self) -> None:
        """Send what is waiting and keep the connection alive."""
        while self._client.want_write():
            before = self._client.loop_write()
            if before != MQTTErrorCode.MQTT_ERR_SUCCESS:
                break
            if self._client.want_write() and not self._is_writable():
                break
        self._client.loop_misc()

    def close(self) -> None:
        """Leave politely; the session and its queue stay at the broker."""
        if self.is_open:
            self._client.disconnect()
            self.tend()
        self._forget()

    def _new_client(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._session.client_id,
            clean_session=None if self._session.is_mqtt5 else False,
            protocol=MQTTProtocolVersion.MQTTv5
            if self._session.is_mqtt5
            else MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
        )
        self._address.equip(client)
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.suppress_exceptions = True
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        # With a writer registered paho queues a PUBACK instead of sending it at once:
        # a batch then leaves in one go after its commit.
        client.on_socket_register_write = _leave_to_tend
        return client

    def _drain(self, limit: int) -> None:
        while len(self._inbox) < limit and self.is_open:
            held = len(self._inbox)
            self._client.loop_read()
            if len(self._inbox) == held:
                return

    def _wait(self, wait_s: float) -> bool:
        sock = self._client.socket()
        if sock is None:
            return False
        writers = [sock] if self._client.want_write() else []
        readable, _, _ = select.select([sock], writers, [], wait_s)
        return bool(readable)

    def _is_writable(self) -> bool:
        sock = self._client.socket()
        return sock is not None and bool(select.select([], [sock], [], 0)[1])

    def _forget(self) -> None:
        self._inbox.clear()
        self._epoch += 1
        self._is_ready = False

    def _on_connect(
        self, client: Client, _data: Any, flags: ConnectFlags, code: ReasonCode, _props: Any
    ) -> None:
        if code.is_failure:
            logger.error("broker refused the connection: %s", code)
            return
        for left in self._session.left_filters:
            client.unsubscribe(left)
        for topic_filter in self._session.topic_filters:
            client.subscribe(topic_filter, qos=1)
        self._is_ready = True
        logger.info("connected to the broker, session present: %s", flags.session_present)

    def _on_disconnect(
        self, _client: Client, _data: Any, _flags: DisconnectFlags, code: ReasonCode, _props: Any
    ) -> None:
        self._forget()
        level = logging.WARNING if code.is_failure else logging.INFO
        logger.log(level, "connection to the broker ended: %s", code)

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        self._inbox.append(
            Message(
                topic,
                bytes(message.payload),
                self._clock(),
                message.qos,
                message.mid,
                message.retain,
                message.dup,
                self._epoch,
            )
        )


def _leave_to_tend(_client: Client, _data: Any, _sock: Any) -> None:
    """Writing is done by `BrokerLink.tend`."""
