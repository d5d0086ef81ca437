"""Brings a database to the newest schema, by the very command an operator uses."""

import os
import subprocess
import tempfile

from hub.run.programs import hub_command


def migrate(database_url: str) -> None:
    """Runs ``hub db upgrade`` on the database.

    Raises:
        AssertionError: the command failed; its output is the message.
    """
    with tempfile.TemporaryDirectory(prefix="nhipcau-migrate-") as instance:
        environment = {
            **os.environ,
            "HUB_DATABASE_URL": database_url,
            "HUB_INSTANCE_DIR": instance,
            "HUB_DEMO": "1",
        }
        done = subprocess.run(
            hub_command("db", "upgrade"),
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
