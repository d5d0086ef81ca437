"""A settings file as the units read it, with a demo behind it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.db import db
from hub.main.app import create_app
from tests.acceptance.conftest import seed_demo
from tests.conftest import SECRET
from tests.web.conftest import settings_for

Settle = Callable[..., Path]


@pytest.fixture
def settle(tmp_path: Path) -> Settle:
    """``settle(database_url, HUB_BASE_URL=...)`` seeds the demo and writes the settings file."""

    def write(database_url: str, **settings: str) -> Path:
        with create_app(settings_for(database_url, tmp_path)).app_context():
            seed_demo()
            db.session.remove()
            db.engine.dispose()
        lines = {
            "HUB_SECRET_KEY": SECRET,
            "HUB_DATABASE_URL": database_url,
            "HUB_INSTANCE_DIR": str(tmp_path),
            **settings,
        }
        path = tmp_path / "settings.env"
        path.write_text("".join(f'{name}="{value}"\n' for name, value in lines.items()))
        return path

    return write
