"""A mosquitto of the test run's own, with the configuration the product generates."""

import subprocess
import tempfile
import time
from pathlib import Path

from hub.embedded_broker import find_mosquitto
from hub.main.run.broker import is_free, mosquitto_configuration
from tests.services.free_port import free_port
from tests.services.shared import Service

START_PATIENCE = 10.0


def start_mosquitto() -> Service:
    """Starts mosquitto on a free port of this machine.

    Raises:
        FileNotFoundError: mosquitto is not installed.
    """
    program = find_mosquitto()
    if program is None:
        raise FileNotFoundError("mosquitto is not installed (make services)")
    folder = Path(tempfile.mkdtemp(prefix="nhipcau-mqtt-"))
    port = free_port()
    pid_file = folder / "mosquitto.pid"
    configuration = folder / "mosquitto.conf"
    text = mosquitto_configuration(port, folder).replace(
        "log_dest stdout", f"log_dest file {folder}/mosquitto.log"
    )
    configuration.write_text(f"{text}pid_file {pid_file}\n", encoding="utf-8")
    subprocess.run([program, "-d", "-c", str(configuration)], check=True, cwd="/")
    deadline = time.monotonic() + START_PATIENCE
    while is_free(port) or not pid_file.exists():
        assert time.monotonic() < deadline, f"mosquitto does not start, see {folder}"
        time.sleep(0.02)
    return Service(f"mqtt://127.0.0.1:{port}", str(folder), int(pid_file.read_text()))
