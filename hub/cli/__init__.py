"""The ``hub`` command: every process and every task of an administrator."""

import click

from hub.cli import data, people, processes


@click.group()
def main() -> None:
    """Nhịp Cầu: hội nghị trực tuyến và giám sát đô thị thông minh."""


for command in (*processes.COMMANDS, *data.COMMANDS, *people.COMMANDS):
    main.add_command(command)
