"""The app context that commands on data work in."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

from hub.errors import HubError
from hub.main.app import create_app
from hub.main.cli.chosen import settings


@contextmanager
def app_context() -> Iterator[Flask]:
    """Open an app context for a command; turn our errors into plain sentences."""
    app = create_app(settings())
    with app.app_context():
        try:
            yield app
        except HubError as error:
            raise click.ClickException(error.message) from error
