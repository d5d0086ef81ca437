"""Live view: from an MQTT publish to the message at each of fifty viewers, everything included.

Broker, ingest and web run as in production, one process each; the viewers are one more process.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Final, cast
from urllib.request import urlopen

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from config import Settings
from hub import clock
from hub.accounts import demo as accounts_demo
from hub.accounts.services import find_user, open_session
from hub.db import db, transaction
from hub.main.app import create_app
from hub.orgunits import seed as units_seed
from hub.orgunits.queries import unit_by_code
from smartcity.models import Device, Rule
from tests.bench.row import Row
from tests.services.free_port import free_port
from tests.services.migrate import migrate
from tests.services.mosquitto import start_mosquitto
from tests.services.postgres import Server, start_cluster
from tests.services.shared import stop

VIEWERS: Final = 50
ALERTS_PER_SECOND: Final = 20
MESSAGES_PER_SECOND: Final = 200
SECONDS: Final = 15
UNIT: Final = "19249"
SECRET: Final = "a-secret-for-the-bench-only-0123456789abcdef"
ROOT: Final = Path(__file__).parents[2]
START_SECONDS: Final = 60.0


def measure() -> list[Row]:
    """Both databases."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="nhipcau-live-") as folder:
        rows += measure_on("SQLite", f"sqlite:///{folder}/live.db", Path(folder))
    cluster = start_cluster(("shared_buffers=128MB", "timezone=UTC"))
    try:
        with tempfile.TemporaryDirectory(prefix="nhipcau-live-") as folder:
            url = Server(cluster.url, Path(folder)).empty_database()
            rows += measure_on("PostgreSQL", url, Path(folder))
    finally:
        stop(cluster)
    return rows


def measure_on(name: str, database_url: str, folder: Path) -> list[Row]:
    """Delay to the viewers on one database."""
    migrate(database_url)
    broker = start_mosquitto()
    try:
        site = f"http://127.0.0.1:{free_port()}"
        settings = Settings(folder, SECRET, database_url, mqtt_url=broker.url, base_url=site)
        secrets = prepare(settings)
        with processes(settings, folder):
            delays = watch(site, broker.url, secrets)
    finally:
        stop(broker)
    expected = VIEWERS * ALERTS_PER_SECOND * SECONDS
    note = (
        f"{VIEWERS} viewers, {ALERTS_PER_SECOND} alerts/s, {MESSAGES_PER_SECOND} msg/s; "
        f"{len(delays)} of {expected} messages"
    )
    cuts = quantiles(delays, n=100)
    return [
        Row("alert: publish to viewer, p50", name, cuts[49], "ms", target=20, note=note),
        Row("alert: publish to viewer, p99", name, cuts[98], "ms", target=60, note=note),
    ]


def prepare(settings: Settings) -> list[str]:
    """Load units, accounts, devices and a rule; return the session secrets of the viewers."""
    app = create_app(settings)
    with app.app_context():
        with transaction() as session:
            units_seed.seed(session)
            session.flush()
            accounts_demo.seed(session)
            session.flush()
            _add_devices()
            user = find_user(session, "tructhe")
            assert user is not None
            secrets = [open_session(session, user, "127.0.0.1", "bench") for _ in range(VIEWERS)]
        db.session.remove()
        db.engine.dispose()
    return secrets


def _add_devices() -> None:
    session, at = db.session(), clock.now()
    unit = unit_by_code(session, UNIT)
    assert unit is not None
    for number in range(ALERTS_PER_SECOND * SECONDS + 10):
        session.add(
            Device(
                code=f"may-{number}",
                name=f"Máy {number}",
                name_fold=f"may {number}",
                kind="river_gauge",
                unit_id=unit.id,
                created_at=at,
                updated_at=at,
            )
        )
    rule = Rule(code="muc-cao", name="Mức cao", kind="threshold", severity="high")
    rule.unit_id, rule.prop, rule.raise_at, rule.clear_at = unit.id, "water_level", 100.0, 90.0
    rule.updated_at = at
    session.add(rule)


@contextmanager
def processes(settings: Settings, folder: Path) -> Iterator[None]:
    """Run the web process and one ingest slot."""
    environment = {
        **os.environ,
        "HUB_INSTANCE_DIR": str(folder),
        "HUB_SECRET_KEY": SECRET,
        "HUB_DATABASE_URL": settings.database_url,
        "HUB_MQTT_URL": settings.mqtt_url,
        "HUB_BASE_URL": settings.base_url,
    }
    port = settings.base_url.rpartition(":")[2]
    started = []
    with (folder / "processes.log").open("ab") as log:
        for arguments in (["web", "--port", port], ["ingest", "--slot", "0"]):
            command = [sys.executable, "-m", "hub.main.cli", *arguments]
            started.append(
                subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
            )
    try:
        _wait_for(settings.base_url)
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(timeout=20)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urlopen(f"{url}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"nothing answers at {url}")


def watch(site: str, broker_url: str, secrets: list[str]) -> list[float]:
    """Publish for some seconds while the viewers listen; return all delays in milliseconds."""
    command = [sys.executable, "-m", "tests.bench.live_viewers", site, str(SECONDS + 4)]
    viewers = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert viewers.stdin is not None
    assert viewers.stdout is not None
    viewers.stdin.write("\n".join(secrets))
    viewers.stdin.close()
    viewers.stdout.readline()
    publish(broker_url)
    answer = json.loads(viewers.stdout.readline())
    viewers.wait(timeout=30)
    return cast(list[float], answer["delays_ms"])


def publish(broker_url: str) -> None:
    """Send ordinary readings and, among them, one that raises an alert every so often."""
    host, _colon, port = broker_url.rpartition("//")[2].rpartition(":")
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="bench-live")
    client.connect(host, int(port))
    client.loop_start()
    every = MESSAGES_PER_SECOND // ALERTS_PER_SECOND
    begun = time.perf_counter()
    for number in range(MESSAGES_PER_SECOND * SECONDS):
        due = begun + number / MESSAGES_PER_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        raises = number % every == 0
        device = number // every if raises else ALERTS_PER_SECOND * SECONDS + number % 10
        body = {
            "observed_at": clock.now().isoformat(),
            "values": {"water_level": 150.0 if raises else 1.0 + number % 7},
        }
        client.publish(f"city/{UNIT}/may-{device}/telemetry", json.dumps(body), qos=1)
    client.loop_stop()
    client.disconnect()
