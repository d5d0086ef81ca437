"""What commands stand on: settings, an application to work in, refusals in plain words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from config import Settings, SettingsError
from hub.errors import HubError

MakeApp = Callable[[Settings], Flask]


def settings(*, keeps: bool = True) -> Settings:
    """Read the settings, or stop with the sentences that say what to mend.

    ``keeps`` says that something is to be kept in the instance folder, which is made then.
    """
    try:
        found = Settings.from_env()
        if keeps:
            make_writable(found.instance_dir)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"HUB_INSTANCE_DIR: {error.filename}: {error.strerror};"
            " name a folder that this user may write to"
        ) from error
    return found


def make_writable(folder: Path) -> None:
    """Make the instance folder unless it is there.

    Raises:
        OSError: nothing can be kept in it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryFile(dir=folder):
        return


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
