"""Checks that the lock files are complete, hashed, of one mind and silent about their origin.

Complete means: whatever a locked project needs, the needs of its extras included, is locked too.
So a lock can be installed without resolving anything (``pip install --no-deps``).
"""

import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = ROOT / "requirements.lock"
DEVELOPMENT = ROOT / "requirements-dev.lock"
BUILD = ROOT / "requirements-build.lock"
NODE = ROOT / "requirements-node.lock"
Needs = Callable[[str], Sequence[str]]

_PIN = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9._-]*)(\[(?P<extras>[a-z0-9,_-]+)\])?==(?P<version>[^\s;\\]+)"
)
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")
_ADDRESS = re.compile(r"://|--(extra-)?index|--find-links|\bfile:")


def normal_name(requirement: str) -> str:
    """Gives the normalised project name a requirement starts with (PEP 503)."""
    match = _NAME.match(requirement)
    if match is None:
        raise ValueError(requirement)
    return re.sub(r"[-_.]+", "-", match.group()).lower()


def pins(text: str) -> dict[str, str]:
    """Maps each locked project to its version."""
    found = (_PIN.match(line) for line in text.splitlines())
    return {normal_name(m["name"]): m["version"] for m in found if m is not None}


def unhashed(text: str) -> list[str]:
    """Names the entries that no hash follows."""
    entries = re.split(r"\n(?=\S)", text.strip())
    return [entry.split(" ", 1)[0] for entry in entries if "--hash=sha256:" not in entry]


def needs_of(project: str) -> Sequence[str]:
    """Gives what an installed project says it needs; nothing for one of another platform."""
    try:
        return metadata.requires(project) or ()
    except metadata.PackageNotFoundError:
        return ()


def unlocked(text: str, wanted: Sequence[str], needs: Needs = needs_of) -> Iterator[str]:
    """Names what a lock lacks of what the wanted requirements need, and those of theirs."""
    locked, seen = pins(text), set[str]()
    waiting = [Requirement(one) for one in wanted]
    while waiting:
        asked = waiting.pop()
        name = normal_name(asked.name)
        if f"{name}{sorted(asked.extras)}" in seen:
            continue
        seen.add(f"{name}{sorted(asked.extras)}")
        if name not in locked:
            yield name
            continue
        waiting += [need for need in map(Requirement, needs(name)) if _applies(need, asked)]


def _applies(need: Requirement, asked: Requirement) -> bool:
    if need.marker is None:
        return True
    return any(need.marker.evaluate({"extra": extra}) for extra in ("", *asked.extras))


def complaints_about(name: str, text: str, required: list[str]) -> list[str]:
    """Lists what is wrong with one lock file, in words for a person."""
    locked = pins(text)
    origins = [line for line in text.splitlines() if _ADDRESS.search(line)]
    missing = [r for r in required if normal_name(r) not in locked]
    return [
        *(f"{name}: has no hash for {entry}" for entry in unhashed(text)),
        *(f"{name}: names an address: {line}" for line in origins),
        *(f"{name}: lacks {requirement}; run make lock" for requirement in missing),
        *(f"{name}: lacks {lacking}, which another needs" for lacking in unlocked(text, required)),
    ]


def disagreements(part: str, development: str, name_of_part: str) -> list[str]:
    """Lists projects that a lock file and the whole one hold at different versions."""
    develop = pins(development)
    return [
        f"{name}: {version} in {name_of_part}, {develop.get(name)} in requirements-dev.lock"
        for name, version in pins(part).items()
        if develop.get(name) != version
    ]


def complaints() -> list[str]:
    """Checks the lock files of this checkout against its pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed: list[str] = project["project"]["dependencies"]
    build = [*project["build-system"]["requires"], "editables"]
    node = [one for one in build if one.startswith("nodejs")]
    wanted: dict[Path, list[str]] = {
        RUNTIME: needed,
        BUILD: [one for one in build if one not in node],
        NODE: node,
        DEVELOPMENT: [*needed, *build, *project["dependency-groups"]["dev"]],
    }
    texts = {path: path.read_text(encoding="utf-8") for path in wanted}
    found = [
        one for path in wanted for one in complaints_about(path.name, texts[path], wanted[path])
    ]
    for path in (RUNTIME, BUILD, NODE):
        found += disagreements(texts[path], texts[DEVELOPMENT], path.name)
    return found


if __name__ == "__main__":
    found = complaints()
    sys.stderr.writelines(f"{line}\n" for line in found)
    sys.exit(1 if found else 0)
