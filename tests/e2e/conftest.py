"""A running web process, a browser, and hands in the database beside it. Fixtures:

``site``      the real ``hub web`` on a free port and a SQLite file of this module, with the units
              of 2020 and the demo accounts; ``site.write()`` opens a transaction in THIS process,
              so whatever a test writes reaches the pages as from an ingest process
``visit``     ``visit("tructhe", "/operations", width=1366, theme="dark")`` gives a signed-in page;
              afterwards no page may have thrown an error or asked another host for anything
``axe``       ``axe(page)`` gives the WCAG 2.2 A and AA violations of a page
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy.orm import Session

from config import Settings
from hub.accounts import demo as accounts_demo
from hub.accounts.services import find_user, open_session
from hub.accounts.views import SESSION_COOKIE
from hub.clock import now
from hub.db import db, transaction
from hub.main.app import create_app
from hub.orgunits import seed as units_seed
from smartcity.models import IngestSlot
from tests.services import shared, sqlite
from tests.services.free_port import free_port

ROOT = Path(__file__).parents[2]
SECRET = "a-secret-for-tests-only-0123456789abcdef"
# Generous: a loaded machine takes long to import everything.
START_SECONDS = 120.0
# What a page does in a tenth of a second takes many on a machine that is busy with other tests.
expect.set_options(timeout=20_000)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass(slots=True)
class Site:
    """A running installation: where it answers, and the same database from this process."""

    url: str
    app: Flask
    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction on the database the web process serves from."""
        with self.app.app_context(), transaction() as session:
            yield session

    def start(self) -> None:
        """Start the web process and wait until it answers."""
        port = self.url.rpartition(":")[2]
        log = (self.folder / "web.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hub.main.cli", "web", "--port", port],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=log,
        )
        log.close()
        self._wait_until_up()

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                with urlopen(f"{self.url}/healthz", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        pytest.fail(f"hub web did not start: {(self.folder / 'web.log').read_text()[-2000:]}")

    def stop(self) -> None:
        """Stop the web process as a crash would, and wait for its end."""
        if self.process is not None:
            # Gunicorn's worker goes with its master; SIGTERM lets the master take it along.
            self.process.terminate()
            self.process.wait(timeout=20)
            self.process = None

    def session_secret(self, username: str, theme: str = "light") -> str:
        """Sign the account in and return the secret of its session cookie.

        Who is signed in sees the theme of the account, not that of the browser.
        """
        with self.write() as session:
            user = find_user(session, username)
            assert user is not None, f"no account {username}"
            user.theme = theme
            return open_session(session, user, "127.0.0.1", "pytest")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A real web process for one module: each furnishes its province in its own way."""
    folder = tmp_path_factory.mktemp("site")
    url = f"http://127.0.0.1:{free_port()}"
    database = sqlite.Files(shared.run_folder()).new_database(folder)
    settings = Settings(
        instance_dir=folder,
        secret_key=SECRET,
        database_url=database,
        smtp_url=f"file:{folder / 'mail'}",
        mqtt_url="mqtt://127.0.0.1:1",
        base_url=url,
    )
    made = Site(url, create_app(settings), folder, _environment(settings))
    with made.write() as session:
        units_seed.seed(session)
        session.flush()
        accounts_demo.seed(session)
        keep_hearing(session)
    made.start()
    yield made
    made.stop()
    with made.app.app_context():
        db.session.remove()
        db.engine.dispose()


def keep_hearing(session: Session) -> None:
    """No ingest runs here, and the screens would say so: let one beat for as long as it takes."""
    later = now() + timedelta(hours=1)
    beat = IngestSlot(slot=0, heartbeat_at=later, broker_state="connected", last_message_at=later)
    session.merge(beat)


def _environment(settings: Settings) -> dict[str, str]:
    ours = {
        "HUB_INSTANCE_DIR": str(settings.instance_dir),
        "HUB_SECRET_KEY": settings.secret_key,
        "HUB_DATABASE_URL": settings.database_url,
        "HUB_SMTP_URL": settings.smtp_url,
        "HUB_MQTT_URL": settings.mqtt_url,
        "HUB_BASE_URL": settings.base_url,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return {**kept, **ours}


# Without slots: Playwright keeps a note on the object whose method it calls back.
@dataclass
class Visits:
    """Opens signed-in pages and remembers what went wrong in them."""

    browser: Browser
    site: Site
    contexts: list[BrowserContext] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __call__(
        self,
        username: str,
        path: str,
        *,
        width: int = 1366,
        height: int = 768,
        theme: str = "dark",
        script: bool = True,
    ) -> Page:
        """Open a page in a browser context of its own."""
        context = self.browser.new_context(
            base_url=self.site.url,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            java_script_enabled=script,
        )
        secret = self.site.session_secret(username, theme)
        context.add_cookies(
            [
                {"name": SESSION_COOKIE, "value": secret, "url": self.site.url},
                {"name": "theme", "value": theme, "url": self.site.url},
            ]
        )
        context.route("**/*", self._only_ours)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{path}: {error}"))
        page.goto(path)
        return page

    def _only_ours(self, route: Route) -> None:
        if route.request.url.startswith((self.site.url, "data:", "blob:")):
            route.continue_()
        else:
            self.faults.append(f"asked another host: {route.request.url}")
            route.abort()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visits]:
    """Opens pages; a script error or a request to another host fails the test."""
    visits = Visits(browser, site)
    yield visits
    for context in visits.contexts:
        context.close()
    assert not visits.faults, visits.faults


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """Checks a page against WCAG 2.2 A and AA."""

    def check(page: Page) -> list[str]:
        answer: dict[str, Any] = Axe().run(page, options={"runOnly": WCAG}).response
        return [
            f"{found['id']}: {[node['html'][:160] for node in found['nodes']][:4]}"
            for found in answer["violations"]
        ]

    return check
