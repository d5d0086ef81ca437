"""The command of the ingest process, which knows nothing of the web application."""

import click

from hub.main.cli.chosen import settings
from hub.main.logs import configure_logging
from hub.main.run import effective_mqtt_url, is_demo_broker
from smartcity.ingest.process import run_ingest


@click.command()
@click.option("--slot", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--slots", "slot_count", type=click.IntRange(min=1), default=1, show_default=True)
def ingest(slot: int, slot_count: int) -> None:
    """Take messages from the broker into durable rows, rules and alerts."""
    chosen = settings()
    configure_logging(chosen.log_format)
    run_ingest(
        chosen.database_url,
        effective_mqtt_url(chosen),
        slot,
        slot_count,
        is_demo_broker=is_demo_broker(chosen),
    )


COMMANDS = (ingest,)
