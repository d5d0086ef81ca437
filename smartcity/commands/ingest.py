"""The command of the ingest process, which knows nothing of the web application."""

import click

from hub.commands import settings
from hub.embedded_broker import effective_mqtt_url, is_demo_broker
from hub.logs import configure_logging
from smartcity.ingest.loop import run_ingest


@click.command()
@click.option("--slot", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--slots", type=click.IntRange(min=1), help="Instead of HUB_INGEST_SLOTS.")
def ingest(slot: int, slots: int | None) -> None:
    """Take messages from the broker into durable rows, rules and alerts."""
    chosen = settings()
    slot_count = slots or chosen.ingest_slots
    if slot >= slot_count:
        raise click.ClickException(
            f"slot {slot} of {slot_count}: set HUB_INGEST_SLOTS to how many ingest processes run"
        )
    configure_logging(chosen.log_format)
    run_ingest(
        chosen.database_url,
        effective_mqtt_url(chosen),
        slot,
        slot_count,
        is_demo_broker=is_demo_broker(chosen),
    )


COMMANDS = (ingest,)
