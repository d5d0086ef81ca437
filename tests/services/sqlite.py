"""SQLite databases copied from one migrated template file."""

import shutil
import uuid
from pathlib import Path

from tests.services.migrate import migrate
from tests.services.shared import locked


class Files:
    """Hands out SQLite databases, each a copy of the migrated template."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new_database(self, target: Path) -> str:
        """Copies the template into the folder ``target`` and gives the URL."""
        copy = target / f"{uuid.uuid4().hex[:12]}.db"
        shutil.copyfile(self._template(), copy)
        return f"sqlite:///{copy}"

    def _template(self) -> Path:
        template = self._folder / "template.db"
        with locked(self._folder / "sqlite-template.lock"):
            if not template.exists():
                raw = self._folder / "template-making.db"
                migrate(f"sqlite:///{raw}")
                raw.rename(template)
        return template
