"""Where a built asset lives: names as written in the sources to hashed URLs, by the manifest."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask, current_app

DIST = Path(__file__).parent / "static" / "dist"
URL_PREFIX = "/static/dist/"


class AssetsNotBuilt(RuntimeError):
    """The manifest is missing or does not know the name asked for."""


@dataclass
class Manifest:
    """The build's own list of names, read again whenever the file changes."""

    path: Path = DIST / "manifest.json"
    _names: dict[str, str] = field(default_factory=dict)
    _read_at_ns: int = -1

    def file_of(self, name: str) -> str:
        """Give the hashed file name of a source name such as "app.js"."""
        try:
            changed_ns = self.path.stat().st_mtime_ns
        except FileNotFoundError:
            raise AssetsNotBuilt(
                f"{self.path.name} is missing: run `python hatch_build.py` to build the assets"
            ) from None
        if changed_ns != self._read_at_ns:
            self._names = json.loads(self.path.read_text(encoding="utf-8"))
            self._read_at_ns = changed_ns
        if name not in self._names:
            raise AssetsNotBuilt(
                f"no asset named {name!r} in {self.path.name}: run `python hatch_build.py` again"
            )
        return self._names[name]


def asset_url(name: str) -> str:
    """Give the URL under which the browser fetches a built asset."""
    manifest: Manifest = current_app.extensions["hub.ui.manifest"]
    return URL_PREFIX + manifest.file_of(name)


def register(app: Flask) -> None:
    """Offer `asset(name)` to every template."""
    app.extensions["hub.ui.manifest"] = Manifest()
    app.jinja_env.globals["asset"] = asset_url
