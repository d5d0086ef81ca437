"""A publisher that costs little: ready-made MQTT 3.1.1 packets over a bare socket.

The machine has two cores; what the generator burns would be missing where we measure. Run as
`python -m tests.bench.ingest_publisher PORT COUNT RATE`.
"""

import select
import socket
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Final

from tests.bench.ingest_stage import DEVICES, UNIT_CODE

WINDOW: Final = 1000
CHUNK: Final = 50
PUBACK_BYTES: Final = 4
_CONNECT: Final = b"\x10\x13\x00\x04MQTT\x04\x02\x00\x3c\x00\x07nc-load"


def main() -> None:
    """Publish and leave when everything is acknowledged."""
    port, count, rate = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(_CONNECT)
        sock.recv(4)
        _publish(sock, count, rate)
        sock.sendall(b"\xe0\x00")


def _publish(sock: socket.socket, count: int, rate: float) -> None:
    start = time.perf_counter()
    sent = acked_bytes = 0
    while acked_bytes < count * PUBACK_BYTES:
        due = min(count, int((time.perf_counter() - start) * rate) if rate else count)
        step = min(due - sent, CHUNK, WINDOW - (sent - acked_bytes // PUBACK_BYTES))
        if step > 0:
            sock.sendall(b"".join(packet(number) for number in range(sent, sent + step)))
            sent += step
        wait = 0.0 if step > 0 else 0.0005 if sent < count else 0.01
        if select.select([sock], [], [], wait)[0]:
            acked_bytes += len(sock.recv(65536))


def packet(number: int) -> bytes:
    """A QoS 1 PUBLISH of about 110 bytes of payload, stamped with this very moment."""
    topic = b"city/%s/may-%d/telemetry" % (UNIT_CODE.encode(), number % DEVICES)
    # One microsecond per message keeps instants of a device apart at any speed.
    at = datetime.now(UTC) + timedelta(microseconds=number // DEVICES % 1000)
    body = payload(at, number % 90 + 0.25)
    variable = len(topic).to_bytes(2, "big") + topic + (number % 65000 + 1).to_bytes(2, "big")
    length = len(variable) + len(body)
    return bytes((0x32, length & 127 | 128, length >> 7)) + variable + body


def payload(at: datetime, value: float) -> bytes:
    """A native telemetry object."""
    text = f'{{"observed_at":"{at.isoformat()}","values":{{"water_level":{value}}},'
    return f'{text}"units":{{"water_level":"m"}},"drill":true}}'.encode()


if __name__ == "__main__":
    main()
