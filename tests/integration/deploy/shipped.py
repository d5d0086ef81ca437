"""Reads and starts what is shipped below deploy/: paths and ports are put elsewhere, no more."""

import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from hub.main.run.programs import hub_command

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
PATIENCE = 30.0


def text_of(name: str, elsewhere: Mapping[str, str]) -> str:
    """A shipped file with each place it names put elsewhere; each must be named in it."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    for place, other in elsewhere.items():
        assert place in text, f"{name} does not name {place}"
        text = text.replace(place, other)
    return text


def command_of(unit: str, instance: str = "") -> list[str]:
    """The command line of a unit file, of this very installation."""
    text = (DEPLOY / "systemd" / unit).read_text(encoding="utf-8")
    [line] = re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)
    program, *arguments = shlex.split(line.replace("%i", instance))
    assert program == "/opt/nhipcau/bin/hub"
    return hub_command(*arguments)


@contextmanager
def running(command: list[str], settings: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process with the settings file of the units and nothing else exported."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    process = subprocess.Popen(command, env={**bare, "HUB_SETTINGS": str(settings)}, cwd="/")
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def until(met: object, what: str, seconds: float = PATIENCE) -> None:
    """Wait until a question is answered by yes."""
    assert callable(met)
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


def make_certificate(folder: Path, name: str) -> None:
    """An authority and a server certificate, by the commands of deploy/mosquitto/README.md."""
    (folder / "certs").mkdir()
    text = (DEPLOY / "mosquitto" / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^    (openssl .+)$", text, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        words = shlex.split(command.replace("mqtt.example.vn", name))
        subprocess.run(words, cwd=folder, check=True, capture_output=True)


def hand_over(folder: Path, owner: str) -> None:
    """Let a program that gives up root read what is ours."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, owner)
        for parent in folder.parents:
            if parent.is_relative_to("/tmp") and parent != Path("/tmp"):
                parent.chmod(parent.stat().st_mode | 0o011)
