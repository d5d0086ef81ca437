"""The manifest maps names to hashed files and says plainly when it cannot."""

import json
import os
from pathlib import Path

import pytest

from hub.ui.assets import AssetsNotBuilt, Manifest


def write(path: Path, names: dict[str, str], stamp: int) -> None:
    path.write_text(json.dumps(names), encoding="utf-8")
    os.utime(path, ns=(stamp, stamp))


def test_a_missing_manifest_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(AssetsNotBuilt, match=r"python hatch_build\.py"):
        Manifest(tmp_path / "manifest.json").file_of("app.js")


def test_an_unknown_name_is_named(tmp_path: Path) -> None:
    write(tmp_path / "manifest.json", {"app.js": "app-1.js"}, 1)
    with pytest.raises(AssetsNotBuilt, match=r"'maps\.js'"):
        Manifest(tmp_path / "manifest.json").file_of("maps.js")


def test_a_new_build_is_seen_without_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    manifest = Manifest(path)
    write(path, {"app.js": "app-1.js"}, 1)
    assert manifest.file_of("app.js") == "app-1.js"
    write(path, {"app.js": "app-2.js"}, 2)
    assert manifest.file_of("app.js") == "app-2.js"
