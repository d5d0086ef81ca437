"""Commands on data: the database's history, seeds, units, dead letters, backups."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from alembic.util import CommandError

from hub import migrate
from hub.accounts import demo as demo_accounts
from hub.commands import app_context, plain_refusals, settings
from hub.db import db, transaction
from hub.main import backup as backups
from hub.main.installed import halves
from hub.orgunits import seed as unit_seed
from hub.orgunits.reform import apply_reform


@click.group("db")
def database() -> None:
    """Move the database along its history."""


@database.command("upgrade")
@click.argument("revision", default="head")
def db_upgrade(revision: str) -> None:
    """Create or upgrade the tables."""
    with app_context(), known_revision(revision):
        migrate.upgrade(db.engine, revision)
        click.echo(f"database at {migrate.current_revision(db.engine)}")


@database.command("downgrade")
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask.")
def db_downgrade(revision: str, yes: bool) -> None:
    """Go back to an older revision, while nothing runs; 'base' empties the database."""
    with plain_refusals():
        backups.refuse_while_in_use(settings())
    if not yes:
        click.confirm(f"Go back to {revision}? What newer tables hold is lost.", abort=True)
    with app_context(), known_revision(revision):
        migrate.downgrade(db.engine, revision)
        click.echo(f"database at {migrate.current_revision(db.engine) or 'base: it is empty'}")


@contextmanager
def known_revision(revision: str) -> Iterator[None]:
    """Say in a sentence that there is no such revision."""
    try:
        yield
    except CommandError as error:
        raise click.ClickException(f"{revision}: {error}") from error


@database.command("check")
def db_check() -> None:
    """Fail when models and migrations differ."""
    with app_context():
        found = migrate.differences(db.engine)
    if found:
        raise click.ClickException("\n".join(map(str, found)))


@database.command("revision")
@click.argument("message")
@click.argument("revision_id")
def db_revision(message: str, revision_id: str) -> None:
    """Write a migration from what the models have and the database has not."""
    with app_context():
        migrate.make_revision(db.engine, message, revision_id)


@click.group()
def seed() -> None:
    """Load data to start with."""


@seed.command("demo")
def seed_demo() -> None:
    """Bring the tables up to date and load the demo's units, sites, devices and people, once."""
    with app_context():
        migrate.upgrade(db.engine)
        # Each step in a transaction of its own, and each leaves alone what is there already.
        for load in (
            unit_seed.seed,
            demo_accounts.seed,
            *(half.seed_demo for half in reversed(halves())),
        ):
            with transaction() as session:
                load(session)


@seed.command("units")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--from", "valid_from", type=click.DateTime(["%Y-%m-%d"]), required=True)
def seed_units(file: Path, valid_from: datetime) -> None:
    """Load a file of units that hold from a date on; nothing is written unless all is right."""
    with app_context(), transaction() as session:
        plan = unit_seed.load_units(session, file, valid_from.date())
    click.echo(f"{len(plan.new)} units new, {len(plan.changed)} changed, {plan.same} the same")


@click.group()
def units() -> None:
    """Administrative units."""


@units.command("reform")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), default="2025-07-01", show_default=True)
def units_reform(on: datetime) -> None:
    """Apply the two-tier reform of 2025: end the old set on a date, begin the new one."""
    with app_context(), transaction() as session:
        mapping = apply_reform(session, on.date())
    click.echo(f"{len(mapping)} units succeeded by others")


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
def backup(target: Path) -> None:
    """Write a consistent copy of the database."""
    with plain_refusals():
        backups.backup(settings(), target)
    click.echo(f"written to {target}")


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True))
def restore(source: Path) -> None:
    """Put a backup in the place of the database; refused while anything runs on it."""
    with plain_refusals():
        backups.restore(settings(), source)
    click.echo(f"restored from {source}")


COMMANDS = (database, seed, units, backup, restore)
