"""The oldest pip that is supported installs every lock, and a wheel is the whole product."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.services.choice import skip_if_left_out

ROOT = Path(__file__).resolve().parents[3]
# What Python 3.11.7 brings: it wants a pin of its own for every extra it resolves.
OLDEST_PIP = "23.2.1"
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")
# Not of the product: what only building and the machine of a builder have.
BARE = {"HOME", "PATH", "LANG", "TMPDIR"}


def bare_environment(home: Path) -> dict[str, str]:
    """No uv, no settings of ours; where packages come from is the machine's own business."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in BARE or name.startswith(("PIP_", "SSL_", "HTTP", "REQUESTS_"))
    }
    places = [p for p in kept["PATH"].split(":") if not (Path(p) / "uv").exists()]
    return {**kept, "HOME": str(home), "PATH": ":".join(places)}


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A virtual environment with the oldest pip and nothing else."""
    skip_if_left_out("registry")
    folder = tmp_path / "venv"
    environment = bare_environment(tmp_path)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], env=environment, check=True)
    pip(folder, tmp_path, "install", f"pip=={OLDEST_PIP}")
    return folder


def pip(venv: Path, home: Path, *arguments: str) -> str:
    """What pip says; it must succeed."""
    done = subprocess.run(
        [str(venv / "bin/python"), "-m", "pip", *arguments, "--disable-pip-version-check"],
        env=bare_environment(home),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.timeout(400)
@pytest.mark.enable_socket
def test_the_oldest_pip_installs_every_lock_without_resolving(fresh: Path, tmp_path: Path) -> None:
    # Compiling is half of the time and proves nothing here.
    whole = ("-q", "--no-compile", "--no-deps", "--require-hashes")
    for lock in LOCKS:
        pip(fresh, tmp_path, "install", *whole, "-r", lock)

    assert "No broken requirements" in pip(fresh, tmp_path, "check")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that ``make wheel`` builds, of what stands in the checkout now."""
    folder = tmp_path_factory.mktemp("dist")
    words = ["-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [sys.executable, *words, "--wheel-dir", str(folder), str(ROOT)], cwd=folder, check=True
    )
    [built] = folder.glob("*.whl")
    return built


def test_a_wheel_carries_everything_that_running_reads(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    listed = subprocess.run(
        ["git", "ls-files", "hub", "conferencing", "smartcity", "migrations", "config.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    built = [
        str(path.relative_to(ROOT))
        for pattern in ("hub/ui/static/dist/**/*", "hub/i18n/translations/**/*.mo")
        for path in ROOT.glob(pattern)
        if path.is_file()
    ]
    needed = {name for name in listed if (ROOT / name).exists()} | set(built)

    assert len(built) > 20
    assert sorted(needed - packed) == []


def test_an_installed_wheel_is_the_product(wheel: Path, tmp_path: Path) -> None:
    """Unpacked, away from the checkout, with the dependencies of this environment."""
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    asks = (
        "from config import Settings; from hub.main.app import create_app; import hub, pathlib\n"
        "app = create_app(Settings.from_env())\n"
        "page = app.test_client().get('/sign-in')\n"
        "assert page.status_code == 200, page.status\n"
        "assert 'Đăng nhập' in page.text and '/static/dist/app-' in page.text\n"
        "print(pathlib.Path(hub.__file__).parent.parent)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", asks],
        env={
            **bare_environment(tmp_path),
            "PYTHONPATH": str(site),
            "HUB_DEMO": "1",
            "HUB_INSTANCE_DIR": str(tmp_path / "instance"),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip().splitlines()[-1] == str(site)
