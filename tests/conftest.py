"""Services for all tests: databases, a broker, settings that point at them."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from config import Settings
from tests.services import mosquitto, postgres, shared, sqlite
from tests.services.choice import left_out, skip_if_left_out

CHROMIUM = os.environ.get("HUB_TEST_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
SECRET = "a-secret-for-tests-only-0123456789abcdef"


def pytest_configure(config: pytest.Config) -> None:
    """Refuses to begin when HUB_TEST_WITHOUT names something unknown."""
    left_out()
    shared.begin(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops the services that this run started."""
    shared.end(config)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Says what the caller left out."""
    return [f"left out by HUB_TEST_WITHOUT: {', '.join(sorted(left_out()))}"] if left_out() else []


@pytest.fixture(scope="session")
def postgres_server() -> postgres.Server:
    """PostgreSQL: that of HUB_TEST_POSTGRES_URL, else a cluster of this run."""
    skip_if_left_out("postgres")
    folder = shared.run_folder()
    given = os.environ.get("HUB_TEST_POSTGRES_URL")
    url = given or shared.obtain(folder, "postgres", postgres.start_cluster).url
    return postgres.Server(url, folder)


@pytest.fixture(scope="session")
def postgres_url(postgres_server: postgres.Server) -> Iterator[str]:
    """A migrated database of this worker; tests that use it clean up after themselves."""
    url = postgres_server.new_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture
def fresh_postgres_url(postgres_server: postgres.Server) -> Iterator[str]:
    """A migrated, empty PostgreSQL database of this test alone."""
    url = postgres_server.new_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture
def empty_postgres_url(postgres_server: postgres.Server) -> Iterator[str]:
    """A PostgreSQL database without any table."""
    url = postgres_server.empty_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(scope="session")
def sqlite_files() -> sqlite.Files:
    """Hands out migrated SQLite databases."""
    return sqlite.Files(shared.run_folder())


@pytest.fixture
def fresh_sqlite_url(sqlite_files: sqlite.Files, tmp_path: Path) -> str:
    """A migrated, empty SQLite database of this test alone."""
    return sqlite_files.new_database(tmp_path)


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
)
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database of this test alone; the test runs once on each kind."""
    short = {"sqlite": "sqlite", "postgresql": "postgres"}[request.param]
    url: str = request.getfixturevalue(f"fresh_{short}_url")
    return url


@pytest.fixture(scope="session")
def mosquitto_url() -> str:
    """The mosquitto of this run, configured as the product configures its own."""
    skip_if_left_out("mosquitto")
    return shared.obtain(shared.run_folder(), "mosquitto", mosquitto.start_mosquitto).url


@pytest.fixture
def topic_prefix() -> str:
    """The first level of the topics of this test alone: all tests share one broker."""
    return f"t{uuid.uuid4().hex[:12]}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's own Chromium, once per worker: Playwright's loop cannot run twice in a process."""
    skip_if_left_out("browser")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield opened
        opened.close()


SettingsFactory = Callable[..., Settings]


@pytest.fixture
def make_settings(tmp_path: Path) -> SettingsFactory:
    """Makes settings with an instance folder of this test; anything may be overridden."""

    def make(**overrides: Any) -> Settings:
        instance = tmp_path / "instance"
        instance.mkdir(exist_ok=True)
        values = {
            "instance_dir": instance,
            "secret_key": SECRET,
            "database_url": f"sqlite:///{instance / 'nhipcau.db'}",
            "smtp_url": f"file:{instance / 'mail'}",
            **overrides,
        }
        return Settings(**values)

    return make


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that are given longer than others, so that none is left for the end.

    After the shuffle, and stable: everything else stays in its random order.
    """
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)
