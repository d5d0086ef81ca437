"""``hub doctor``: checks every setting against the real service and says what to mend."""

import click

from config import Settings
from hub.main.doctor import broker, database, machine, mail
from hub.main.doctor.findings import Finding

__all__ = ["Finding", "examine", "report"]

CHECKS = (
    machine.secret,
    machine.base_url,
    machine.timezone,
    machine.instance_folder,
    machine.disk,
    database.findings,
    broker.findings,
    mail.findings,
)


def examine(settings: Settings) -> list[Finding]:
    """Checks everything; what is wrong with one thing hides nothing of another."""
    return [finding for check in CHECKS for finding in check(settings)]


def report(settings: Settings) -> int:
    """Prints what was found; gives 1 when something must be mended, else 0."""
    found = examine(settings)
    for finding in found:
        click.echo(finding.line())
    wrong = sum(not finding.is_well for finding in found)
    click.echo("All is well." if not wrong else f"To mend: {wrong}.")
    return 1 if wrong else 0
