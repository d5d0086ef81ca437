"""A backup brings back what was there, and a damaged one is refused."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from hub.main.backup import BackupFailed, backup, restore
from tests.conftest import SettingsFactory


def _put(url: str, word: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS kept_word (word text)"))
        connection.execute(text("DELETE FROM kept_word"))
        connection.execute(text("INSERT INTO kept_word VALUES (:word)"), {"word": word})
    engine.dispose()


def _word(url: str) -> str:
    engine = create_engine(url)
    with engine.connect() as connection:
        word: str = connection.execute(text("SELECT word FROM kept_word")).scalar_one()
    engine.dispose()
    return word


def test_what_was_backed_up_comes_back(
    make_settings: SettingsFactory, database_url: str, tmp_path: Path
) -> None:
    settings, copy = make_settings(database_url=database_url), tmp_path / "copies" / "monday"
    _put(database_url, "Lệ Thủy")

    backup(settings, copy)
    _put(database_url, "lost")
    restore(settings, copy)

    assert _word(database_url) == "Lệ Thủy"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_an_existing_file_is_never_overwritten(
    make_settings: SettingsFactory, fresh_sqlite_url: str, tmp_path: Path
) -> None:
    (tmp_path / "copy").write_text("precious")

    with pytest.raises(BackupFailed, match="exists already"):
        backup(make_settings(database_url=fresh_sqlite_url), tmp_path / "copy")

    assert (tmp_path / "copy").read_text() == "precious"


def test_a_damaged_backup_is_refused_and_the_database_stays(
    make_settings: SettingsFactory, database_url: str, tmp_path: Path
) -> None:
    settings, copy = make_settings(database_url=database_url), tmp_path / "copy"
    _put(database_url, "present")
    backup(settings, copy)
    copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 3])

    with pytest.raises(BackupFailed):
        restore(settings, copy)

    assert _word(database_url) == "present"


def test_a_database_that_is_missing_leaves_no_backup(
    make_settings: SettingsFactory, tmp_path: Path
) -> None:
    with pytest.raises(BackupFailed, match="does not exist"):
        backup(make_settings(), tmp_path / "copy")

    assert list(tmp_path.glob("copy*")) == []
