"""A backup brings back what was there, and a damaged one is refused."""

import fcntl
import stat
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

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


def test_nothing_is_restored_under_a_process_that_is_at_work(
    make_settings: SettingsFactory, database_url: str, tmp_path: Path
) -> None:
    settings, copy = make_settings(database_url=database_url), tmp_path / "copy"
    _put(database_url, "before")
    backup(settings, copy)
    engine = create_engine(database_url)
    with engine.connect() as connection:
        connection.execute(text("SELECT word FROM kept_word"))
        with pytest.raises(BackupFailed, match="stop every process first"):
            restore(settings, copy)
        connection.rollback()
        connection.execute(text("UPDATE kept_word SET word = 'after'"))
        connection.commit()
    engine.dispose()

    assert _word(database_url) == "after"


@pytest.mark.parametrize("lock", ["run.lock", "worker.lock"])
def test_nothing_is_restored_while_hub_run_or_a_worker_runs(
    make_settings: SettingsFactory, fresh_sqlite_url: str, tmp_path: Path, lock: str
) -> None:
    settings, copy = make_settings(database_url=fresh_sqlite_url), tmp_path / "copy"
    backup(settings, copy)
    with (settings.instance_dir / lock).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)

        with pytest.raises(BackupFailed, match="stop every process first"):
            restore(settings, copy)


@pytest.mark.postgres
def test_a_wrong_password_is_one_sentence(
    make_settings: SettingsFactory, fresh_postgres_url: str, tmp_path: Path
) -> None:
    wrong = make_url(fresh_postgres_url).set(password="wrong")
    settings = make_settings(database_url=wrong.render_as_string(hide_password=False))

    with pytest.raises(BackupFailed, match="password authentication failed") as raised:
        backup(settings, tmp_path / "copy")
    assert "***" not in raised.value.message
    (tmp_path / "some").write_text("x")
    with pytest.raises(BackupFailed, match="the database does not answer"):
        restore(settings, tmp_path / "some")
