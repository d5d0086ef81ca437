"""The doctor asks the real services."""

from pathlib import Path

import pytest

from hub.main.doctor import broker, database, mail
from tests.conftest import SettingsFactory
from tests.services.free_port import free_port


def test_a_migrated_database_is_well(make_settings: SettingsFactory, database_url: str) -> None:
    found = database.findings(make_settings(database_url=database_url))

    assert [finding.line() for finding in found if not finding.is_well] == []
    assert {"schema", "booking guard"} <= {finding.setting for finding in found}


@pytest.mark.postgres
def test_a_database_without_tables_wants_the_upgrade(
    make_settings: SettingsFactory, empty_postgres_url: str
) -> None:
    found = database.findings(make_settings(database_url=empty_postgres_url))

    assert [finding.remedy for finding in found if not finding.is_well] == ["hub db upgrade"]


def test_a_database_that_does_not_answer_is_named_without_its_password(
    make_settings: SettingsFactory,
) -> None:
    url = f"postgresql+psycopg://hub:geheim@127.0.0.1:{free_port()}/hub"

    (finding,) = database.findings(make_settings(database_url=url))

    assert not finding.is_well
    assert "geheim" not in finding.line()


@pytest.mark.broker
def test_a_broker_that_answers_is_well(make_settings: SettingsFactory, mosquitto_url: str) -> None:
    (finding,) = broker.findings(make_settings(mqtt_url=mosquitto_url))

    assert finding.is_well, finding.line()


def test_a_broker_that_is_not_there_is_named(make_settings: SettingsFactory) -> None:
    port = free_port()

    (finding,) = broker.findings(make_settings(mqtt_url=f"mqtt://127.0.0.1:{port}"))

    assert f"127.0.0.1:{port}" in finding.sentence
    assert not finding.is_well


def test_a_mail_folder_that_cannot_be_made_is_named(
    make_settings: SettingsFactory, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()

    (finding,) = mail.findings(make_settings(smtp_url=f"file:{tmp_path}/file/mail"))

    assert not finding.is_well


def test_a_mail_server_that_is_not_there_is_named(make_settings: SettingsFactory) -> None:
    (finding,) = mail.findings(make_settings(smtp_url=f"smtp://127.0.0.1:{free_port()}"))

    assert not finding.is_well
