"""Going back along the history loses data: never under a running process, never unasked."""

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HUB_INSTANCE_DIR", str(tmp_path))
    monkeypatch.setenv("HUB_SECRET_KEY", "0123456789abcdef0123456789abcdef0123")
    return tmp_path


def run(*words: str, answer: str = "") -> tuple[int, str]:
    command = [sys.executable, "-m", "hub.main.cli", "db", *words]
    done = subprocess.run(command, input=answer, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def tables(instance: Path) -> set[str]:
    engine = create_engine(f"sqlite:///{instance / 'nhipcau.db'}")
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found - {"alembic_version"}


def test_going_back_asks_and_is_refused_while_anything_runs(instance: Path) -> None:
    assert run("upgrade")[0] == 0
    whole = tables(instance)
    assert run("downgrade", "base", answer="n\n")[0] == 1
    assert tables(instance) == whole
    with (instance / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, said = run("downgrade", "base", "--yes")
    assert (code, tables(instance)) == (1, whole)
    assert "hub run" in said
    assert run("downgrade", "base", "--yes") == (0, "database at base: it is empty\n")
    assert tables(instance) == set()


def test_a_revision_that_there_is_not_is_said_in_a_sentence(instance: Path) -> None:
    code, said = run("upgrade", "nosuch")
    assert (code, said.count("\n")) == (1, 1)
    assert "nosuch" in said
