"""Checks that the lock files are complete, hashed, of one mind and silent about their origin."""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = ROOT / "requirements.lock"
DEVELOPMENT = ROOT / "requirements-dev.lock"

_PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)(\[[a-z0-9,_-]+\])?==(?P<version>[^\s;\\]+)")
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


def complaints_about(name: str, text: str, required: list[str]) -> list[str]:
    """Lists what is wrong with one lock file, in words for a person."""
    locked = pins(text)
    origins = [line for line in text.splitlines() if _ADDRESS.search(line)]
    missing = [r for r in required if normal_name(r) not in locked]
    return [
        *(f"{name}: has no hash for {entry}" for entry in unhashed(text)),
        *(f"{name}: names an address: {line}" for line in origins),
        *(f"{name}: lacks {requirement}; run make lock" for requirement in missing),
    ]


def disagreements(runtime: str, development: str) -> list[str]:
    """Lists projects that the two lock files hold at different versions."""
    develop = pins(development)
    return [
        f"{name}: {version} in requirements.lock, {develop.get(name)} in requirements-dev.lock"
        for name, version in pins(runtime).items()
        if develop.get(name) != version
    ]


def complaints() -> list[str]:
    """Checks the lock files of this checkout against its pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed: list[str] = project["project"]["dependencies"]
    tools: list[str] = project["dependency-groups"]["dev"] + project["build-system"]["requires"]
    runtime = RUNTIME.read_text(encoding="utf-8")
    development = DEVELOPMENT.read_text(encoding="utf-8")
    return [
        *complaints_about(RUNTIME.name, runtime, needed),
        *complaints_about(DEVELOPMENT.name, development, needed + tools),
        *disagreements(runtime, development),
    ]


if __name__ == "__main__":
    found = complaints()
    sys.stderr.writelines(f"{line}\n" for line in found)
    sys.exit(1 if found else 0)
