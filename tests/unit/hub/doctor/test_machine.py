"""What the doctor says about this machine."""

from pathlib import Path
from typing import Any

import pytest

from config import Settings
from hub.main.doctor import machine

STRONG = "k3Jx-9QvLm2_TzPwR8nYbC5dFgH7sA1eUoI4"


def _settings(folder: Path, **overrides: Any) -> Settings:
    values = {"instance_dir": folder, "secret_key": STRONG, "database_url": "sqlite:///x"}
    return Settings(**{**values, **overrides})


@pytest.mark.parametrize("value", ["short", "a" * 64, ""])
def test_a_weak_secret_is_found(tmp_path: Path, value: str) -> None:
    (finding,) = machine.secret(_settings(tmp_path, secret_key=value))

    assert not finding.is_well
    assert "token_urlsafe" in finding.remedy


@pytest.mark.parametrize(
    ("url", "demo", "well"),
    [
        ("https://hop.quangbinh.example", False, True),
        ("http://127.0.0.1:5000", True, True),
        ("http://127.0.0.1:5000", False, False),
        ("http://hop.quangbinh.example", True, False),
    ],
)
def test_the_address_in_mails_must_be_public_and_encrypted(
    tmp_path: Path, url: str, demo: bool, well: bool
) -> None:
    (finding,) = machine.base_url(_settings(tmp_path, base_url=url, demo=demo))

    assert finding.is_well is well


def test_an_instance_folder_open_to_others_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    folder.mkdir()
    folder.chmod(0o755)
    before = machine.instance_folder(_settings(folder))[0]
    folder.chmod(0o700)
    after = machine.instance_folder(_settings(folder))[0]

    assert (before.is_well, after.is_well) == (False, True)
    assert before.remedy == f"chmod 700 {folder}"
