"""Commands on accounts and tokens."""

import click
from sqlalchemy.orm import Session

from hub.access.capabilities import ROLES
from hub.access.models import User
from hub.accounts import services as accounts
from hub.commands import app_context
from hub.db import transaction
from hub.orgunits.queries import unit_by_code


@click.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.argument("username")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(ROLES), required=True)
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


@click.group()
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


COMMANDS = (user, token)
