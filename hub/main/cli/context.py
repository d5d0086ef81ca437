"""The app context that commands on data work in."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from hub.errors import HubError
from hub.main.app import create_app
from hub.main.cli.chosen import settings


@contextmanager
def app_context() -> Iterator[Flask]:
    """Open an app context for a command; turn our errors into plain sentences."""
    app = create_app(settings())
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
