"""The ``hub`` command: every process and every task of an administrator."""

from importlib import import_module
from typing import Final

import click

# Importing the web application takes longer than a broker forgives a dead ingest process, so
# a command's module is imported when the command is asked for.
MODULES: Final = {
    "run": "hub.main.cli.machine",
    "web": "hub.main.cli.processes",
    "ingest": "hub.main.cli.intake",
    "worker": "hub.main.cli.processes",
    "doctor": "hub.main.cli.machine",
    "simulate": "hub.main.cli.simulating",
    "db": "hub.main.cli.data",
    "seed": "hub.main.cli.data",
    "units": "hub.main.cli.data",
    "dead-letter": "hub.main.cli.data",
    "backup": "hub.main.cli.data",
    "restore": "hub.main.cli.data",
    "user": "hub.main.cli.people",
    "token": "hub.main.cli.people",
}


class Commands(click.Group):
    """Finds each command in its module, by the name the module's ``COMMANDS`` give it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands."""
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command and return the command."""
        if cmd_name not in MODULES:
            return None
        commands: tuple[click.Command, ...] = import_module(MODULES[cmd_name]).COMMANDS
        return next(command for command in commands if command.name == cmd_name)


@click.group(cls=Commands)
def main() -> None:
    """Nhịp Cầu: hội nghị trực tuyến và giám sát đô thị thông minh."""
