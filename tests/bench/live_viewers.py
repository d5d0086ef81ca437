"""Many viewers in one process: bare Engine.IO over WebSocket, as little work as possible each.

Run as ``python -m tests.bench.live_viewers URL SECONDS < secrets``: one session secret a line.
Prints one JSON object: how many viewers got their snapshot, and each delay in milliseconds from
the reading's own instant to the message at the viewer.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import Final

from websockets.asyncio.client import ClientConnection, connect

NAMESPACE: Final = "/ops"
COOKIE: Final = "nhipcau_session"
READY: Final = "ready\n"


class Viewers:
    """All connections and what they heard."""

    def __init__(self) -> None:
        self.snapshots = 0
        self.delays_ms: list[float] = []

    async def watch(self, url: str, secret: str) -> None:
        """Connect, join the namespace, and note every alert until the connection is closed."""
        address = f"{url.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket"
        headers = {"Cookie": f"{COOKIE}={secret}"}
        async with connect(address, additional_headers=headers, max_size=None) as line:
            await line.recv()
            await line.send(f"40{NAMESPACE},")
            await self._listen(line)

    async def _listen(self, line: ClientConnection) -> None:
        prefix = f"42{NAMESPACE},"
        async for packet in line:
            arrived = datetime.now(UTC)
            text = str(packet)
            if text == "2":
                await line.send("3")
            elif text.startswith(prefix):
                self._note(text[len(prefix) :], arrived)

    def _note(self, text: str, arrived: datetime) -> None:
        if text.startswith('["snapshot"'):
            self.snapshots += 1
        elif text.startswith('["alert.raised"'):
            message = json.loads(text)[1]
            observed = datetime.fromisoformat(message["data"]["observed_at"])
            self.delays_ms.append((arrived - observed).total_seconds() * 1000)


async def run(url: str, seconds: float, secrets: list[str]) -> Viewers:
    """Watch with every secret; say when all have their snapshot."""
    viewers = Viewers()
    tasks = [asyncio.create_task(viewers.watch(url, secret)) for secret in secrets]
    for _wait in range(600):
        if viewers.snapshots >= len(secrets):
            break
        await asyncio.sleep(0.1)
    sys.stdout.write(READY)
    sys.stdout.flush()
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return viewers


def main() -> None:
    """Read the secrets, watch, print."""
    secrets = sys.stdin.read().split()
    viewers = asyncio.run(run(sys.argv[1], float(sys.argv[2]), secrets))
    answer = {"snapshots": viewers.snapshots, "delays_ms": viewers.delays_ms}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
