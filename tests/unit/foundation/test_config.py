"""What a wrong setting says, and that a right one is taken."""

import stat
from pathlib import Path

import pytest

from config import Settings, SettingsError

STRONG = "0123456789abcdef0123456789abcdef0123"


def env(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"HUB_INSTANCE_DIR": str(tmp_path), "HUB_SECRET_KEY": STRONG, **more}


def problems(tmp_path: Path, **more: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(env(tmp_path, **more))
    return caught.value.problems


def test_defaults_are_the_embedded_services(tmp_path: Path) -> None:
    settings = Settings.from_env(env(tmp_path))

    assert settings.is_sqlite
    assert settings.mqtt_url == "embedded"
    assert settings.smtp_url == f"file:{tmp_path / 'mail'}"
    assert settings.zone.key == "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUB_SECRET_KEY", "short"),
        ("HUB_DATABASE_URL", "mysql://x"),
        ("HUB_DATABASE_URL", "nonsense"),
        ("HUB_MQTT_URL", "http://broker"),
        ("HUB_MQTT_URL", "mqtt://"),
        ("HUB_SMTP_URL", "gopher://mail"),
        ("HUB_SMTP_URL", "smtp://"),
        ("HUB_BASE_URL", "nhipcau.example"),
        ("HUB_TIMEZONE", "Asia/Quang_Binh"),
        ("HUB_LOG_FORMAT", "xml"),
        ("HUB_WEB_THREADS", "many"),
        ("HUB_PROXY_HOPS", "-1"),
        ("HUB_PROXY_HOPS", "all"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    found = problems(tmp_path, **{name: value})

    assert len(found) == 1
    assert found[0].startswith(f"{name}: ")


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    assert len(problems(tmp_path, HUB_MQTT_URL="x", HUB_TIMEZONE="y", HUB_SECRET_KEY="z")) == 3


def test_without_a_secret_only_the_demo_starts(tmp_path: Path) -> None:
    assert problems(tmp_path, HUB_SECRET_KEY="")[0].startswith("HUB_SECRET_KEY: not set")

    first = Settings.from_env(env(tmp_path, HUB_SECRET_KEY="", HUB_DEMO="1"))
    second = Settings.from_env(env(tmp_path, HUB_SECRET_KEY="", HUB_DEMO="1"))
    mode = stat.S_IMODE((tmp_path / "secret_key").stat().st_mode)

    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert mode == 0o600


def test_secrets_do_not_show_in_repr(tmp_path: Path) -> None:
    shown = repr(Settings.from_env(env(tmp_path, HUB_DATABASE_URL="postgresql://u:hidden@h/d")))

    assert STRONG not in shown
    assert "hidden" not in shown


def test_postgresql_addresses_use_the_driver_we_ship(tmp_path: Path) -> None:
    settings = Settings.from_env(env(tmp_path, HUB_DATABASE_URL="postgres://u:p@h/d"))

    assert settings.database_url == "postgresql+psycopg://u:p@h/d"


def test_an_https_address_is_answered_under_its_own_name_only(tmp_path: Path) -> None:
    named = Settings.from_env(env(tmp_path, HUB_BASE_URL="https://hop.example.vn:8443"))
    given = Settings.from_env(env(tmp_path, HUB_TRUSTED_HOSTS="a.example, b.example"))

    assert named.trusted_hosts == ("hop.example.vn", "127.0.0.1", "localhost")
    assert given.trusted_hosts == ("a.example", "b.example")
    assert Settings.from_env(env(tmp_path)).trusted_hosts == ()


def test_the_instances_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    lines = ["# of the province", f'HUB_SECRET_KEY="{STRONG}"', "", "HUB_BROKER_PORT=18899"]
    (tmp_path / "settings.env").write_text("\n".join([*lines, "HUB_LOG_FORMAT=json"]))

    settings = Settings.from_env({"HUB_INSTANCE_DIR": str(tmp_path), "HUB_LOG_FORMAT": "text"})

    assert (settings.secret_key, settings.broker_port) == (STRONG, 18899)
    assert settings.log_format == "text"


def test_a_file_elsewhere_may_name_the_instance_folder(tmp_path: Path) -> None:
    file = tmp_path / "etc.env"
    file.write_text(f"HUB_SECRET_KEY={STRONG}\nHUB_INSTANCE_DIR={tmp_path / 'var'}\n")

    settings = Settings.from_env({"HUB_SETTINGS": str(file)})

    assert settings.instance_dir == tmp_path / "var"


@pytest.mark.parametrize("line", ["STRONG=x", "HUB_PORT", "export HUB_DEMO=1", 'HUB_X="a" b'])
def test_a_wrong_line_is_named_by_its_place(tmp_path: Path, line: str) -> None:
    (tmp_path / "settings.env").write_text(f"HUB_SECRET_KEY={STRONG}\n{line}\n")

    with pytest.raises(SettingsError, match=r"settings\.env, line 2: expected HUB_NAME=value"):
        Settings.from_env({"HUB_INSTANCE_DIR": str(tmp_path)})


def test_a_settings_file_that_is_missing_or_unreadable_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="HUB_SETTINGS: there is no file"):
        Settings.from_env({"HUB_SETTINGS": str(tmp_path / "none.env")})
    (tmp_path / "settings.env").write_bytes(b"HUB_DEMO=\xff")
    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.from_env({"HUB_INSTANCE_DIR": str(tmp_path)})


def test_a_setting_that_there_is_not_is_named(tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_text("HUB_DATABSE_URL=sqlite:///x.db\nHUB_COLOUR=red\n")
    foreign = {"HUB_SMPT_URL": "smtp://x", "HUB_TEST_WITHOUT": "x"}
    assert problems(tmp_path, HUB_SETTINGS=str(file), **foreign) == [
        "HUB_COLOUR: there is no such setting; see docs/operations.md",
        "HUB_DATABSE_URL: there is no such setting; did you mean HUB_DATABASE_URL?",
        "HUB_SMPT_URL: there is no such setting; did you mean HUB_SMTP_URL?",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUB_DATABASE_URL", "postgresql+psycopg://a:b@h:port/x"),
        ("HUB_DATABASE_URL", "postgresql+psycopg://a:b@h:99999/x"),
        ("HUB_MQTT_URL", "mqtt://h:port"),
        ("HUB_SMTP_URL", "smtp://h:port"),
        ("HUB_MAIL_FROM", "foo"),
        ("HUB_DEMO", "maybe"),
    ],
)
def test_a_wrong_value_is_named_by_its_setting(tmp_path: Path, name: str, value: str) -> None:
    found = problems(tmp_path, **{name: value})
    assert found
    assert all(problem.startswith(name) for problem in found)
