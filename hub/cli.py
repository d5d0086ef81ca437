"""The ``hub`` command: every process and every task of an administrator."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask
from sqlalchemy.orm import Session

from config import Settings, SettingsError
from hub import backup as backups
from hub import migrate
from hub.accounts import demo as demo_accounts
from hub.accounts import services as accounts
from hub.accounts.models import User
from hub.app import create_app
from hub.db import db, read_session, transaction
from hub.doctor import report
from hub.errors import HubError
from hub.jobs import TICKS as HUB_TICKS
from hub.orgunits.queries import unit_by_code
from hub.run import effective_mqtt_url, is_demo_broker, supervise
from hub.scheduler import run_worker
from hub.web_server import serve
from smartcity.cli import run_ingest, simulate_flood, simulate_load


@click.group()
def main() -> None:
    """Nhịp Cầu: hội nghị trực tuyến và giám sát đô thị thông minh."""


def settings() -> Settings:
    """Read the settings, or stop with the sentences that say what to mend."""
    try:
        return Settings.from_env()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def app_context() -> Iterator[Flask]:
    """Open an app context for a command; turn our errors into plain sentences."""
    app = create_app(settings())
    with app.app_context():
        try:
            yield app
        except HubError as error:
            raise click.ClickException(error.message) from error


@main.command()
@click.option("--demo", is_flag=True, help="Load the demo data and replay the flood of 2020.")
@click.option("--port", default=5000, show_default=True)
def run(demo: bool, port: int) -> None:
    """Start broker, web, ingest and worker together, under supervision."""
    if demo:
        os.environ["HUB_DEMO"] = "1"
    os.environ.setdefault("HUB_BASE_URL", f"http://127.0.0.1:{port}")
    # supervise() migrates and seeds once it knows that every port is free.
    sys.exit(
        supervise(settings(), port=port, demo=demo, closing_lines=demo_logins() if demo else ())
    )


def demo_logins() -> list[str]:
    """Name the accounts of the demo and their one password."""
    accounts_of_demo = [f"  {a.username:<9} {a.title}" for a in demo_accounts.ACCOUNTS]
    return ["", f"Đăng nhập, mật khẩu {demo_accounts.PASSWORD}:", *accounts_of_demo, ""]


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True)
def web(host: str, port: int) -> None:
    """Serve pages, API, feeds and Socket.IO."""
    serve(settings(), host, port)


@main.command()
@click.option("--slot", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--slots", "slot_count", type=click.IntRange(min=1), default=1, show_default=True)
def ingest(slot: int, slot_count: int) -> None:
    """Take messages from the broker into durable rows, rules and alerts."""
    chosen = settings()
    with app_context():
        run_ingest(
            effective_mqtt_url(chosen), slot, slot_count, is_demo_broker=is_demo_broker(chosen)
        )


@main.command()
def worker() -> None:
    """Run the ticks: mail, reminders, absence rules, retention."""
    run_worker(create_app(settings()), HUB_TICKS)


@main.group()
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


@main.group("db")
def database() -> None:
    """Move the database along its history."""


@database.command("upgrade")
@click.argument("revision", default="head")
def db_upgrade(revision: str) -> None:
    """Create or upgrade the tables."""
    with app_context():
        migrate.upgrade(db.engine, revision)
        click.echo(f"database at {migrate.current_revision(db.engine)}")


@database.command("downgrade")
@click.argument("revision")
def db_downgrade(revision: str) -> None:
    """Go back to an older revision; 'base' empties the database."""
    with app_context():
        migrate.downgrade(db.engine, revision)


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


@main.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.argument("username")
@click.option("--name", required=True)
@click.option("--role", required=True)
@click.option("--unit", "unit_code", required=True, help="Code of the unit the role is held at.")
@click.option("--email", default="")
@click.password_option()
def user_add(
    username: str, name: str, role: str, unit_code: str, email: str, password: str
) -> None:
    """Add an account with one role."""
    with app_context(), transaction() as session:
        unit = unit_by_code(session, unit_code)
        if unit is None:
            raise click.ClickException(f"no unit has the code {unit_code} today")
        added = accounts.add_user(
            session, username=username, full_name=name, password=password, email=email
        )
        accounts.grant_role(session, added, role, unit)


@user.command("passwd")
@click.argument("username")
@click.password_option()
def user_passwd(username: str, password: str) -> None:
    """Change a password and sign the account out everywhere."""
    with app_context(), transaction() as session:
        accounts.set_password(session, known_user(session, username), password)


@main.group()
def token() -> None:
    """Bearer tokens for the API."""


@token.command("create")
@click.option("--user", "username", required=True)
@click.option("--scope", type=click.Choice(accounts.TOKEN_SCOPES), required=True)
@click.option("--label", default="")
def token_create(username: str, scope: str, label: str) -> None:
    """Create a token; it is printed alone on the last line and never again."""
    with app_context(), transaction() as session:
        _row, secret = accounts.create_token(
            session, known_user(session, username), scope=scope, label=label
        )
    click.echo(secret)


def known_user(session: Session, username: str) -> User:
    """Return the account, or stop."""
    found = accounts.find_user(session, username)
    if found is None:
        raise click.ClickException(f"no account is called {username}")
    return found


@main.group()
def seed() -> None:
    """Load data to start with."""


@seed.command("demo")
def seed_demo() -> None:
    """Load units, sites, rooms, devices, rules and people of the demo."""
    seed_demo_data()


def seed_demo_data() -> None:
    """Load the demo once; a database that has it already is left alone."""
    with app_context():
        read_session()


@main.command()
def doctor() -> None:
    """Check every setting against the real service and say what to mend."""
    sys.exit(report(settings()))


@main.command()
@click.argument("target", type=click.Path(path_type=Path))
def backup(target: Path) -> None:
    """Write a consistent copy of the database."""
    backups.backup(settings(), target)


@main.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True))
def restore(source: Path) -> None:
    """Put a backup in the place of the database; stop the processes first."""
    backups.restore(settings(), source)


if __name__ == "__main__":
    main()
