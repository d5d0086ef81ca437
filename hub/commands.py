"""What commands stand on: settings, an application to work in, refusals in plain words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from config import Settings, SettingsError
from hub.errors import HubError

MakeApp = Callable[[Settings], Flask]


def settings() -> Settings:
    """Read the settings, or stop with the sentences that say what to mend."""
    try:
        return Settings.from_env()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def app_context() -> Iterator[Flask]:
    """Open an app context for a command; turn our errors into plain sentences.

    The root command says how an application is made: commands stand below it.
    """
    make_app: MakeApp = click.get_current_context().find_root().obj
    app = make_app(settings())
    with app.app_context(), plain_refusals():
        yield app


@contextmanager
def plain_refusals() -> Iterator[None]:
    """Turn our errors, and a database that is away, into plain sentences instead of tracebacks."""
    try:
        yield
    except HubError as error:
        raise click.ClickException(error.message) from error
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise click.ClickException(f"the database does not answer: {reason}") from error
