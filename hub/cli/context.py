"""The app context that commands on data work in."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

from hub.app import create_app
from hub.cli.chosen import settings
from hub.errors import HubError


@contextmanager
def app_context() -> Iterator[Flask]:
    """Open an app context for a command; turn our errors into plain sentences."""
    app = create_app(settings())
    with app.app_context():
        try:
            yield app
        except HubError as error:
            raise click.ClickException(error.message) from error
