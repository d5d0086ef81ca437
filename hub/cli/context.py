"""What every command opens first: the settings and an app context."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

from config import Settings, SettingsError
from hub.app import create_app
from hub.errors import HubError


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
