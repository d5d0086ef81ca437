"""The ``hub`` command: every process and every task of an administrator."""

from importlib import import_module
from typing import Final

import click
from flask import Flask

from config import Settings
from hub.main.installed import command_modules

# Importing the web application takes longer than a broker forgives a dead ingest process, so
# a command's module is imported when the command is asked for.
OWN: Final = {
    "run": "hub.main.cli.machine",
    "web": "hub.main.cli.processes",
    "worker": "hub.main.cli.processes",
    "doctor": "hub.main.cli.machine",
    "db": "hub.main.cli.data",
    "seed": "hub.main.cli.data",
    "units": "hub.main.cli.data",
    "backup": "hub.main.cli.data",
    "restore": "hub.main.cli.data",
    "user": "hub.main.cli.people",
    "token": "hub.main.cli.people",
}


class Commands(click.Group):
    """Finds each command in its module, by the name the module's ``COMMANDS`` give it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands."""
        return sorted(self.modules())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command and return the command."""
        module = self.modules().get(cmd_name)
        if module is None:
            return None
        commands: tuple[click.Command, ...] = import_module(module).COMMANDS
        return next(command for command in commands if command.name == cmd_name)

    @staticmethod
    def modules() -> dict[str, str]:
        """Name the module of each command, those of the halves included."""
        return {**OWN, **command_modules()}


@click.group(cls=Commands)
@click.pass_context
def main(context: click.Context) -> None:
    """Nhịp Cầu: hội nghị trực tuyến và giám sát đô thị thông minh."""
    context.obj = _make_app


def _make_app(settings: Settings) -> Flask:
    made: Flask = import_module("hub.main.app").create_app(settings)
    return made
