"""Commands on a whole machine: everything at once, and the check of its settings."""

import os
import sys

import click

from config import settings_file
from hub.accounts import demo as demo_accounts
from hub.commands import settings
from hub.main.doctor import report
from hub.main.run.own_settings import is_demos_own
from hub.main.run.supervision import supervise


@click.command()
@click.option("--demo", is_flag=True, help="Load the demo data and replay the flood of 2020.")
@click.option("--port", default=5000, show_default=True)
def run(demo: bool, port: int) -> None:
    """Start broker, web, ingest and worker together, under supervision."""
    if demo:
        os.environ["HUB_DEMO"] = "1"
    elif is_demos_own(settings_file(os.environ)):
        raise click.ClickException(
            "This instance folder holds the demo. Run it with --demo, or choose another folder "
            "by HUB_INSTANCE_DIR."
        )
    os.environ.setdefault("HUB_BASE_URL", f"http://127.0.0.1:{port}")
    # supervise() migrates and seeds once it knows that every port is free.
    closing = demo_logins() if demo else ()
    sys.exit(supervise(settings(), port=port, demo=demo, closing_lines=closing))


def demo_logins() -> list[str]:
    """Name the accounts of the demo and their one password."""
    accounts_of_demo = [f"  {a.username:<9} {a.title}" for a in demo_accounts.ACCOUNTS]
    return ["", f"Đăng nhập, mật khẩu {demo_accounts.PASSWORD}:", *accounts_of_demo, ""]


@click.command()
def doctor() -> None:
    """Try every setting against the real service and say what to mend."""
    sys.exit(report(settings(keeps=False)))


COMMANDS = (run, doctor)
