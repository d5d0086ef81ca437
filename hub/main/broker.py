"""The pure-Python demo broker in a process of its own: ``python -m hub.main.broker --port N``.

Only for machines without mosquitto. It speaks MQTT 3.1.1, keeps nothing over a restart and
does not redeliver, so nothing that matters may depend on it.
"""

import asyncio
import logging
import signal

import click
from amqtt.broker import Broker

from hub.embedded_broker import LOOPBACK

logger = logging.getLogger(__name__)


def broker_configuration(port: int) -> dict[str, object]:
    """Gives amqtt's configuration: one listener on this machine, anyone on it may connect."""
    return {
        "listeners": {
            "default": {"type": "tcp", "bind": f"{LOOPBACK}:{port}", "max_connections": 500}
        },
        "plugins": {
            "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True},
        },
    }


async def serve(port: int) -> None:
    """Serves until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    broker = Broker(broker_configuration(port), loop=loop)
    await broker.start()
    logger.info("demo broker listens on %s:%s", LOOPBACK, port)
    await stopped.wait()
    await broker.shutdown()


@click.command()
@click.option("--port", type=int, required=True)
def main(port: int) -> None:
    """Run the pure-Python demo broker."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    for noisy in ("amqtt", "transitions"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    asyncio.run(serve(port))


if __name__ == "__main__":
    main()
