"""Commands that start processes: all at once, one of each, and devices that do not exist."""

import os
import sys

import click

from conferencing.jobs import TICKS as CONFERENCING_TICKS
from hub.accounts import demo as demo_accounts
from hub.app import create_app
from hub.cli.context import app_context, settings
from hub.doctor import report
from hub.jobs import TICKS as HUB_TICKS
from hub.run import effective_mqtt_url, is_demo_broker, supervise
from hub.scheduler import run_worker
from hub.web_server import serve
from smartcity.cli import run_ingest, simulate_flood, simulate_load
from smartcity.jobs import TICKS as SMARTCITY_TICKS


@click.command()
@click.option("--demo", is_flag=True, help="Load the demo data and replay the flood of 2020.")
@click.option("--port", default=5000, show_default=True)
def run(demo: bool, port: int) -> None:
    """Start broker, web, ingest and worker together, under supervision."""
    if demo:
        os.environ["HUB_DEMO"] = "1"
    os.environ.setdefault("HUB_BASE_URL", f"http://127.0.0.1:{port}")
    # supervise() migrates and seeds once it knows that every port is free.
    closing = demo_logins() if demo else ()
    sys.exit(supervise(settings(), port=port, demo=demo, closing_lines=closing))


def demo_logins() -> list[str]:
    """Name the accounts of the demo and their one password."""
    accounts_of_demo = [f"  {a.username:<9} {a.title}" for a in demo_accounts.ACCOUNTS]
    return ["", f"Đăng nhập, mật khẩu {demo_accounts.PASSWORD}:", *accounts_of_demo, ""]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True)
def web(host: str, port: int) -> None:
    """Serve pages, API, feeds and Socket.IO."""
    serve(settings(), host, port)


@click.command()
@click.option("--slot", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--slots", "slot_count", type=click.IntRange(min=1), default=1, show_default=True)
def ingest(slot: int, slot_count: int) -> None:
    """Take messages from the broker into durable rows, rules and alerts."""
    chosen = settings()
    with app_context():
        run_ingest(
            effective_mqtt_url(chosen), slot, slot_count, is_demo_broker=is_demo_broker(chosen)
        )


@click.command()
def worker() -> None:
    """Run the ticks: mail, reminders, absence rules, retention."""
    ticks = (*HUB_TICKS, *CONFERENCING_TICKS, *SMARTCITY_TICKS)
    run_worker(create_app(settings()), ticks)


@click.command()
def doctor() -> None:
    """Try every setting against the real service and say what to mend."""
    sys.exit(report(settings()))


@click.group()
def simulate() -> None:
    """Devices that do not exist, speaking through the broker like those that do."""


@simulate.command("flood-2020")
@click.option("--speed", type=click.FloatRange(0.1, 3600), default=60.0, show_default=True)
@click.option("--demo", is_flag=True, help="Start shortly before alarm level 3 and never end.")
def simulate_flood_2020(speed: float, demo: bool) -> None:
    """Replay the flood of October 2020 as a drill."""
    simulate_flood(effective_mqtt_url(settings()), speed, is_demo=demo)


@simulate.command("load")
@click.option("--rate", type=click.FloatRange(min=0.1), required=True, help="Messages a second.")
def simulate_steady_load(rate: float) -> None:
    """Publish a steady load from the demo's devices until stopped."""
    simulate_load(effective_mqtt_url(settings()), rate)


COMMANDS = (run, web, ingest, worker, doctor, simulate)
