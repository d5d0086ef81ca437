"""Commands that start a process of the whole application: web and worker."""

import click

from hub.commands import settings
from hub.main.app import create_app
from hub.main.installed import halves
from hub.main.jobs import TICKS as HUB_TICKS
from hub.main.scheduler import run_worker
from hub.main.web_server import serve


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True)
def web(host: str, port: int) -> None:
    """Serve pages, API, feeds and Socket.IO."""
    serve(settings(), host, port)


@click.command()
def worker() -> None:
    """Run the ticks: mail, reminders, absence rules, retention."""
    ticks = (*HUB_TICKS, *(tick for half in halves() for tick in half.ticks))
    run_worker(create_app(settings()), ticks)


COMMANDS = (web, worker)
