"""A publisher that writes down what the broker has acknowledged."""

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from paho.mqtt.client import Client

from smartcity.mqtt import BrokerAddress, new_publisher

RATE: Final = 1000
CHUNK: Final = 20
HIGH_WATER_AFTER: Final = 5000
DETECTION_EVERY: Final = 25


class Ledger:
    """Publishes numbered messages at a steady rate until told to stop.

    ``acknowledged`` holds the numbers of which the broker sent a PUBACK. A broker that goes away is
    met again within two seconds.

    Message ``n`` is of device ``n % devices``; each 25th is a detection. The water rises once,
    above the mark, and stays there: each gauge has exactly one alert to raise.
    """

    def __init__(self, mqtt_url: str, devices: int, rate: int = RATE) -> None:
        self._rate = rate
        self._address = BrokerAddress.parse(mqtt_url)
        self._devices = devices
        self._client: Client = new_publisher(self._address, "ledger")
        self._client.on_publish = self._note
        self._client.reconnect_delay_set(min_delay=1, max_delay=2)
        self._numbers: dict[int, int] = {}
        self._early: set[int] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._publish)
        self._lock = threading.Lock()
        self.began_at = datetime.now(UTC)
        self.sent = 0
        self.acknowledged: set[int] = set()

    def start(self) -> None:
        """Connect and begin."""
        self._client.connect(self._address.host, self._address.port)
        self._client.loop_start()
        self._thread.start()

    def stop(self, until: Callable[..., Any]) -> None:
        """Publish no more; wait for what is on the way; leave."""
        self._stopping.set()
        self._thread.join()
        until(lambda: len(self.acknowledged) == self.sent, 60.0, "the broker has everything")
        self._client.disconnect()
        self._client.loop_stop()

    def is_detection(self, number: int) -> bool:
        """Which messages are detections."""
        return number % DETECTION_EVERY == 0

    def _note(self, _client: Client, _data: object, mid: int, *_rest: object) -> None:
        with self._lock:
            number = self._numbers.pop(mid, None)
            if number is None:
                self._early.add(mid)
            else:
                self.acknowledged.add(number)

    def _publish(self) -> None:
        begun = time.monotonic()
        while not self._stopping.is_set():
            due = int((time.monotonic() - begun) * self._rate)
            for _ in range(min(CHUNK, due - self.sent)):
                self._send(self.sent)
            if self.sent >= due:
                self._stopping.wait(CHUNK / self._rate)

    def _send(self, number: int) -> None:
        kind, body = self._body(number)
        topic = f"city/457/may-{number % self._devices}/{kind}"
        sent = self._client.publish(topic, json.dumps(body), qos=1)
        with self._lock:
            self.sent += 1
            if sent.mid in self._early:
                self._early.discard(sent.mid)
                self.acknowledged.add(number)
            else:
                self._numbers[sent.mid] = number

    def _body(self, number: int) -> tuple[str, dict[str, object]]:
        at = (self.began_at + timedelta(milliseconds=number)).isoformat()
        if self.is_detection(number):
            seen = {"id": f"d-{number}", "observed_at": at, "label": "flooded_road", "score": 0.9}
            return "detection", seen
        level = 3.0 if number > HIGH_WATER_AFTER else 1.0
        return "telemetry", {"observed_at": at, "values": {"water_level": level, "seq": number}}
