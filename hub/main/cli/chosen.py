"""The settings of a command."""

import click

from config import Settings, SettingsError


def settings() -> Settings:
    """Read the settings, or stop with the sentences that say what to mend."""
    try:
        return Settings.from_env()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
