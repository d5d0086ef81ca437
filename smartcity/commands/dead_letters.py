"""Commands on messages that could not be read."""

import click

from hub.access.actor import SYSTEM
from hub.commands import app_context
from hub.db import read_session, transaction
from smartcity.quarantine.queries import LetterFilter, dead_letters
from smartcity.quarantine.services import replay_letters


@click.group("dead-letter")
def dead_letter() -> None:
    """Messages that could not be read."""


@dead_letter.command("list")
@click.option("--limit", default=50, show_default=True)
def dead_letter_list(limit: int) -> None:
    """Show the newest open ones."""
    with app_context():
        for letter in dead_letters(read_session(), SYSTEM.scope, LetterFilter(), limit=limit):
            click.echo(f"{letter.id}\t{letter.received_at:%F %T}\t{letter.topic}\t{letter.reason}")


@dead_letter.command("replay")
@click.argument("letter_ids", type=int, nargs=-1, required=True)
def dead_letter_replay(letter_ids: tuple[int, ...]) -> None:
    """Take the letters in again, after a decoder was mended or a device approved."""
    with app_context(), transaction() as session:
        outcome = replay_letters(session, SYSTEM, letter_ids)
    click.echo(str(outcome))


COMMANDS = (dead_letter,)
