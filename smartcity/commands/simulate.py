"""Commands of devices that do not exist."""

import click

from hub.commands import settings
from hub.embedded_broker import effective_mqtt_url
from hub.logs import configure_logging
from smartcity.simulator.process import simulate_flood, simulate_load


@click.group()
def simulate() -> None:
    """Devices that do not exist, speaking through the broker like those that do."""


@simulate.command("flood-2020")
@click.option("--speed", type=click.FloatRange(0.1, 3600), default=60.0, show_default=True)
@click.option("--demo", is_flag=True, help="Start shortly before alarm level 3 and never end.")
def simulate_flood_2020(speed: float, demo: bool) -> None:
    """Replay the flood of October 2020 as a drill."""
    chosen = settings()
    configure_logging(chosen.log_format)
    simulate_flood(effective_mqtt_url(chosen), speed, is_demo=demo)


@simulate.command("load")
@click.option("--rate", type=click.FloatRange(min=0.1), required=True, help="Messages a second.")
def simulate_steady_load(rate: float) -> None:
    """Publish a steady load from the demo's devices until stopped."""
    chosen = settings()
    configure_logging(chosen.log_format)
    simulate_load(effective_mqtt_url(chosen), rate)


COMMANDS = (simulate,)
