"""Runs a command once the web process is ready: ``python -m hub.main.run.when_ready --port N``.

Supervisor starts programs in order but does not wait for them; the demo's replay must not
publish before somebody listens.
"""

import os
import sys

import click

from hub.main.run import readiness

PATIENCE = 90.0


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--port", type=int, required=True)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def main(port: int, command: tuple[str, ...]) -> None:
    """Wait for the web process, then become the command."""
    answer = readiness.wait(port, PATIENCE)
    if not answer.is_ready:
        click.echo(f"warning: not ready after {PATIENCE:.0f} s: {answer.body}", err=True)
    if answer.status == 0:
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 -- a fixed command of programs.py, no shell


if __name__ == "__main__":
    main()
