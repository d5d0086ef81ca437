"""Settings of the whole product, read once from ``HUB_*`` variables or the instance's file.

Every value is checked here and nowhere else; a wrong one stops the start with a sentence
that names the variable and says what to mend. What the environment says wins over the file
``settings.env`` of the instance folder (or the one that ``HUB_SETTINGS`` names), which processes
and commands read alike.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MIN_SECRET_LENGTH = 32
KNOWN_SECRETS = frozenset({"changeme", "secret", "dev", "development", "password", "test"})
DATABASE_SCHEMES = ("sqlite", "postgresql+psycopg", "postgresql", "postgres")
MQTT_SCHEMES = ("mqtt", "mqtts")
FILE_NAME = "settings.env"
ON = frozenset({"1", "true", "yes"})
# Where a server keeps it, so that a command typed anywhere on it finds it.
SYSTEM_FILE = Path("/etc/nhipcau") / FILE_NAME
# As systemd's EnvironmentFile= reads it, so that one file serves units and commands.
FILE_LINE = re.compile(
    r'\s*(?P<name>HUB_[A-Z0-9_]+)=(?:"(?P<quoted>[^"]*)"|(?P<value>[^"\s][^"]*?)?)\s*'
)
SMTP_SCHEMES = ("smtp", "smtps", "file")
NAMES = frozenset(
    {
        "HUB_BASE_URL",
        "HUB_BROKER_PORT",
        "HUB_DATABASE_URL",
        "HUB_DEMO",
        "HUB_INGEST_SLOTS",
        "HUB_INSTANCE_DIR",
        "HUB_LOG_FORMAT",
        "HUB_MAIL_FROM",
        "HUB_MAIL_FROM_NAME",
        "HUB_MQTT_URL",
        "HUB_PROXY_HOPS",
        "HUB_SECRET_KEY",
        "HUB_SETTINGS",
        "HUB_SMTP_URL",
        "HUB_TIMEZONE",
        "HUB_TRUSTED_HOSTS",
        "HUB_WEB_THREADS",
    }
)


class SettingsError(Exception):
    """One or more settings are wrong; ``problems`` holds a sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """Validated settings; see the table in ``docs/operations.md`` for the variables."""

    instance_dir: Path
    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    mqtt_url: str = field(default="embedded", repr=False)
    smtp_url: str = field(default="", repr=False)
    base_url: str = "http://127.0.0.1:5000"
    timezone: str = "Asia/Ho_Chi_Minh"
    log_format: Literal["text", "json"] = "text"
    demo: bool = False
    mail_from: str = "nhipcau@quangbinh.example"
    mail_from_name: str = "Nhịp Cầu"
    web_threads: int = 120
    proxy_hops: int = 0
    """How many proxies of ours stand in front; so many entries of X-Forwarded-For are believed."""
    trusted_hosts: tuple[str, ...] = ()
    """Host names under which requests are answered; empty answers under any."""
    ingest_slots: int = 1
    """How many ingest processes share the messages; the same for all of them."""
    broker_port: int = 18830
    """Where the embedded broker listens; without meaning for any other."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read and check all ``HUB_*`` variables, those of the settings file included.

        Raises:
            SettingsError: with every problem found, not only the first.
        """
        given = os.environ if env is None else env
        problems: list[str] = []
        path = settings_file(given)
        if "HUB_SETTINGS" in given and not path.exists():
            problems.append(f"HUB_SETTINGS: there is no file {path}")
        kept = file_values(path, problems)
        problems += _unknown(kept, given)
        return _read(cls, {**kept, **given}, problems)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url.startswith("sqlite")

    @property
    def zone(self) -> ZoneInfo:
        """The province's time zone."""
        return ZoneInfo(self.timezone)


def settings_file(env: Mapping[str, str]) -> Path:
    """Return where the settings of the instance are kept, whether or not the file exists."""
    if named := env.get("HUB_SETTINGS", ""):
        return Path(named)
    own = Path(env.get("HUB_INSTANCE_DIR", "instance")) / FILE_NAME
    is_elsewhere = "HUB_INSTANCE_DIR" not in env and not own.exists()
    return SYSTEM_FILE if is_elsewhere and SYSTEM_FILE.exists() else own


def file_values(path: Path, problems: list[str] | None = None) -> dict[str, str]:
    """Read lines NAME=value of a settings file; a wrong line is a problem that names its place."""
    problems = [] if problems is None else problems
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path}: cannot be read ({error}); it must be UTF-8 text of this user")
        return {}
    values: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = FILE_LINE.fullmatch(line)
        if found is None:
            problems.append(f"{path}, line {number}: expected HUB_NAME=value")
        else:
            values[found["name"]] = found["quoted"] or found["value"] or ""
    return values


def _unknown(kept: Mapping[str, str], given: Mapping[str, str]) -> list[str]:
    """Name each setting that there is not: of the file all, of the environment the misspelt.

    Other programs have variables of their own there; one that nearly has our name has none.
    """
    found = []
    for name in sorted({*kept, *given} - NAMES):
        meant = get_close_matches(name, NAMES, 1, 0.85) if name.startswith("HUB_") else []
        if name in kept or meant:
            hint = f"; did you mean {meant[0]}?" if meant else "; see docs/operations.md"
            found.append(f"{name}: there is no such setting{hint}")
    return found


def _read(cls: type["Settings"], env: Mapping[str, str], problems: list[str]) -> "Settings":
    demo = _demo(env.get("HUB_DEMO", ""), problems)
    instance = Path(env.get("HUB_INSTANCE_DIR", "instance")).absolute()
    settings = cls(
        instance_dir=instance,
        secret_key=_secret(env.get("HUB_SECRET_KEY", ""), instance, demo, problems),
        database_url=_database_url(env.get("HUB_DATABASE_URL", ""), instance, problems),
        mqtt_url=_mqtt_url(env.get("HUB_MQTT_URL", "embedded"), problems),
        smtp_url=_smtp_url(env.get("HUB_SMTP_URL", ""), instance, problems),
        base_url=_base_url(env.get("HUB_BASE_URL", "http://127.0.0.1:5000"), problems),
        proxy_hops=_hops(env.get("HUB_PROXY_HOPS", "0"), problems),
        trusted_hosts=_trusted_hosts(env),
        timezone=_timezone(env.get("HUB_TIMEZONE", "Asia/Ho_Chi_Minh"), problems),
        log_format=_log_format(env.get("HUB_LOG_FORMAT", "text"), problems),
        demo=demo,
        mail_from=_mail_from(env.get("HUB_MAIL_FROM", "nhipcau@quangbinh.example"), problems),
        mail_from_name=env.get("HUB_MAIL_FROM_NAME", "Nhịp Cầu"),
        broker_port=_port("HUB_BROKER_PORT", env.get("HUB_BROKER_PORT", "18830"), problems),
        ingest_slots=_slots(env.get("HUB_INGEST_SLOTS", "1"), problems),
        web_threads=_count("HUB_WEB_THREADS", env.get("HUB_WEB_THREADS", "120"), problems),
    )
    if problems:
        raise SettingsError(problems)
    return settings


def _secret(value: str, instance: Path, demo: bool, problems: list[str]) -> str:
    if value:
        weak = len(value) < MIN_SECRET_LENGTH or value.lower() in KNOWN_SECRETS
        if weak and not demo:
            problems.append(
                f"HUB_SECRET_KEY: too weak; give at least {MIN_SECRET_LENGTH} random characters, "
                'for instance from: python -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        return value
    if not demo:
        problems.append(
            "HUB_SECRET_KEY: not set; give at least "
            f"{MIN_SECRET_LENGTH} random characters (only the demo makes its own)"
        )
        return ""
    return _demo_secret(instance / "secret_key")


def _demo_secret(path: Path) -> str:
    """Make the demo's own secret once, readable by its owner only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        secret = secrets.token_urlsafe(48)
        file.write(secret)
    return secret


def _database_url(value: str, instance: Path, problems: list[str]) -> str:
    if not value:
        return f"sqlite:///{instance / 'nhipcau.db'}"
    scheme, separator, rest = value.partition("://")
    if not separator or scheme not in DATABASE_SCHEMES:
        problems.append(
            "HUB_DATABASE_URL: expected sqlite:///PATH or postgresql+psycopg://user:pass@host/name"
        )
        return value
    if scheme != "sqlite" and not _has_sound_port(value):
        problems.append(
            "HUB_DATABASE_URL: the port is no number; in user and password, %40 is @, "
            "%3A is :, %2F is /, %23 is #"
        )
    # SQLAlchemy knows several PostgreSQL drivers; the product ships psycopg 3.
    return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else value


def _has_sound_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _mail_from(value: str, problems: list[str]) -> str:
    name, at, host = value.rpartition("@")
    if not (name and at and host) or " " in value:
        problems.append("HUB_MAIL_FROM: expected the address of a mailbox, name@host")
    return value


def _demo(value: str, problems: list[str]) -> bool:
    if value not in {"", "0", "no", "false", *ON}:
        problems.append("HUB_DEMO: expected 1 or 0")
    return value in ON


def _mqtt_url(value: str, problems: list[str]) -> str:
    if value == "embedded":
        return value
    parts = urlsplit(value)
    if not _has_sound_port(value):
        problems.append("HUB_MQTT_URL: the port is no number from 1 to 65535")
    if parts.scheme not in MQTT_SCHEMES or not parts.hostname:
        problems.append(
            "HUB_MQTT_URL: expected mqtt://user:pass@host:port, mqtts://... or 'embedded'"
        )
    return value


def _smtp_url(value: str, instance: Path, problems: list[str]) -> str:
    if not value:
        return f"file:{instance / 'mail'}"
    parts = urlsplit(value)
    if parts.scheme != "file" and not _has_sound_port(value):
        problems.append("HUB_SMTP_URL: the port is no number from 1 to 65535")
    if parts.scheme not in SMTP_SCHEMES or (parts.scheme != "file" and not parts.hostname):
        problems.append("HUB_SMTP_URL: expected smtp://host:port, smtps://... or file:DIRECTORY")
    return value


def _base_url(value: str, problems: list[str]) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query:
        problems.append(
            "HUB_BASE_URL: expected the public address, e.g. https://nhipcau.example.vn"
        )
    return value.rstrip("/")


def _timezone(value: str, problems: list[str]) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        problems.append(f"HUB_TIMEZONE: unknown zone {value!r}; e.g. Asia/Ho_Chi_Minh")
    return value


def _log_format(value: str, problems: list[str]) -> Literal["text", "json"]:
    if value == "json":
        return "json"
    if value != "text":
        problems.append("HUB_LOG_FORMAT: expected text or json")
    return "text"


def _count(name: str, value: str, problems: list[str]) -> int:
    if value.isdecimal() and 4 <= int(value) <= 2000:
        return int(value)
    problems.append(f"{name}: expected a whole number from 4 to 2000")
    return 4


def _slots(value: str, problems: list[str]) -> int:
    if value.isdecimal() and 1 <= int(value) <= 64:
        return int(value)
    problems.append("HUB_INGEST_SLOTS: expected how many ingest processes run, 1 to 64")
    return 1


def _hops(value: str, problems: list[str]) -> int:
    if value.isdecimal() and len(value) == 1:
        return int(value)
    problems.append("HUB_PROXY_HOPS: expected how many proxies stand in front, 0 to 9")
    return 0


def _trusted_hosts(env: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names given, or for an https address its own name and this machine's."""
    given = env.get("HUB_TRUSTED_HOSTS", "")
    if given:
        return tuple(name.strip() for name in given.split(",") if name.strip())
    base = urlsplit(env.get("HUB_BASE_URL", ""))
    if base.scheme != "https" or not base.hostname:
        return ()
    return (base.hostname, "127.0.0.1", "localhost")


def _port(name: str, value: str, problems: list[str]) -> int:
    if value.isdecimal() and 1 <= int(value) <= 65535:
        return int(value)
    problems.append(f"{name}: expected a port number from 1 to 65535")
    return 1
