"""kill -9 of web, and of its database connections, while people book: no half booking."""

import http.client
import json
import logging
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text

from conferencing.models import Conference, Hold, PortUse
from hub.audit.models import AuditEntry
from hub.db import db, read_session
from hub.main.app import create_app
from hub.main.run.programs import hub_command
from hub.outbox import OutboxLetter
from tests.acceptance.deadline import until
from tests.conftest import SECRET, SettingsFactory
from tests.factories import in_days
from tests.integration.api.world import fill
from tests.services.free_port import free_port

SITES = ["DC-44", "DC-450", "DC-457"]
BOOKERS = 4
TITLE = "Họp giữa lúc máy chết"
RULE = "FREQ=DAILY;COUNT=3"
KILLS = 4
START_PATIENCE = 90.0
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Web:
    """The web process, killed and started again, and what its clients were told."""

    environment: dict[str, str]
    port: int
    token: str
    log: Path
    process: subprocess.Popen[bytes] | None = None
    booked: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    broken: int = 0

    def start(self) -> None:
        """Start it in a process group of its own."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                hub_command("web", "--port", str(self.port)),
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """kill -9 of gunicorn's master and its worker at the same moment."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def answers(self) -> bool:
        """Whether requests are served."""
        try:
            return self.call("GET", "/healthz")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def call(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """Make one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def book(self, number: int) -> None:
        """Book three days in a row, at a time nobody else wants."""
        start = in_days(14 + 3 * (number // 6), hour=6 + 2 * (number % 6))
        wanted = {
            "title": f"{TITLE} {number}",
            "type": "regular",
            "room": "P4",
            "starts_at": start.isoformat(),
            "ends_at": (start + timedelta(hours=1)).isoformat(),
            "sites": SITES,
            "attendees": [{"email": "chu.tich@quangbinh.example", "name": "Trần Văn A"}],
            "rrule": RULE,
        }
        try:
            status, body = self.call("POST", "/api/v1/conferences", wanted)
        except (OSError, http.client.HTTPException):
            self.broken += 1
            time.sleep(0.2)
            return
        self.statuses.append(status)
        if status == 201:
            self.booked.append(json.loads(body)["code"])


@pytest.fixture
def world(database_url: str, make_settings: SettingsFactory) -> Iterator[Flask]:
    """The application in this process, to fill the database and to look into it."""
    app = create_app(make_settings(database_url=database_url))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def web(world: Flask, database_url: str, tmp_path: Path) -> Iterator[Web]:
    """The real web process beside it."""
    token = fill(world)["quantri"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    ours = {
        "HUB_DATABASE_URL": database_url,
        "HUB_INSTANCE_DIR": str(tmp_path / "instance"),
        "HUB_SECRET_KEY": SECRET,
        "HUB_MQTT_URL": "mqtt://127.0.0.1:1",
    }
    made = Web({**kept, **ours}, free_port(), token, tmp_path / "web.log")
    made.start()
    until(made.answers, START_PATIENCE, "the web process answers")
    yield made
    made.kill()


class Bookers:
    """Some who book one after the other, all at the same time, until told to stop."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._stopping = threading.Event()
        self._numbers = iter(range(10**6))
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work) for _ in range(BOOKERS)]

    def __enter__(self) -> "Bookers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while not self._stopping.is_set():
            with self._lock:
                number = next(self._numbers)
            self._web.book(number)


def booked_more(web: Web, than: int) -> bool:
    return len(web.booked) > than


@pytest.mark.timeout(500)
def test_kill_9_of_web_leaves_no_half_booking(world: Flask, web: Web) -> None:
    moments = random.Random(2020)
    with Bookers(web):
        for _ in range(KILLS):
            before = len(web.booked)
            until(lambda n=before: booked_more(web, n), START_PATIENCE, "somebody books")  # type: ignore[misc]
            time.sleep(moments.uniform(0.0, 0.6))
            web.kill()
            web.start()
        until(web.answers, START_PATIENCE, "the web process answers again")
    logger.info("booked %s, broken off %s, %s", len(web.booked), web.broken, Counter(web.statuses))
    assert web.broken
    everything_is_whole(world, web)


@pytest.mark.postgres
@pytest.mark.timeout(500)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_drops_its_connections_leaves_no_half_booking(
    world: Flask, web: Web, database_url: str
) -> None:
    moments = random.Random(2020)
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    dropped = 0
    with Bookers(web), engine.connect() as connection:
        for _ in range(30):
            time.sleep(moments.uniform(0.05, 0.3))
            found = connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
            dropped += len(found.all())
        before = len(web.booked)
        until(lambda: booked_more(web, before), START_PATIENCE, "booking goes on")
    engine.dispose()
    logger.info("booked %s, %s dropped, %s", len(web.booked), dropped, Counter(web.statuses))
    assert dropped
    with world.app_context():
        db.engine.dispose()
    everything_is_whole(world, web)


def everything_is_whole(world: Flask, web: Web) -> None:
    """Each conference has all that belongs to it."""
    with world.app_context():
        session = read_session()
        query = select(Conference).where(Conference.rrule == RULE).order_by(Conference.id)
        made = session.scalars(query).all()
        codes = [one.code for one in made]
        assert set(web.booked) <= set(codes)
        assert len(set(web.booked)) == len(web.booked)
        for conference in made:
            assert len(conference.occurrences) == 3
            assert len(conference.sites) == len(SITES)
            assert len(conference.attendees) == 1
            dates = [one.id for one in conference.occurrences]
            held = session.scalars(select(Hold).where(Hold.occurrence_id.in_(dates))).all()
            assert len(held) == 3 * (len(SITES) + 1)
            assert {one.state for one in held} == {"confirmed"}
            ports = session.scalars(select(PortUse).where(PortUse.occurrence_id.in_(dates)))
            assert len(ports.all()) == 3
        letters = session.scalars(
            select(OutboxLetter.calendar_body).where(OutboxLetter.subject.contains(TITLE))
        ).all()
        assert len(letters) == len(made) * (len(SITES) + 1)
        assert all(letters)
        booked = AuditEntry.action == "conferencing:conference:booked"
        audited = set(session.scalars(select(AuditEntry.subject).where(booked)))
        assert set(codes) <= audited
        # Nothing hangs in the air: holds of no conference, audit of none.
        every_code = set(session.scalars(select(Conference.code)))
        assert audited <= every_code
