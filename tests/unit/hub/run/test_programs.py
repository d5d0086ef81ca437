"""Supervisor's configuration says what design asks of it."""

import configparser
from pathlib import Path

from hub.main.run.broker import mosquitto_configuration
from hub.main.run.programs import programs, supervisord_configuration


def _parsed(text: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";",))
    parser.read_string(text)
    return parser


def test_the_demo_runs_everything_and_replays_once() -> None:
    listed = programs(5001, ["/usr/sbin/mosquitto", "-c", "x.conf"], demo=True)

    parser = _parsed(supervisord_configuration(listed, Path("/srv/hub"), Path("/run/s")))

    names = ("broker", "web", "ingest", "worker", "replay")
    found = [name for name in parser.sections() if name.startswith("program:")]
    assert found == [f"program:{name}" for name in names]
    assert parser["program:web"]["autorestart"] == "true"
    assert parser["program:web"]["command"].endswith("web --port 5001")
    assert parser["program:replay"]["autorestart"] == "false"


def test_a_foreign_broker_is_not_started() -> None:
    assert [p.name for p in programs(5000, None, demo=False)] == ["web", "ingest", "worker"]


def test_a_percent_sign_in_the_path_is_not_expanded() -> None:
    listed = programs(5000, None, demo=False)
    text = supervisord_configuration(listed, Path("/srv/100%/hub"), Path("/run/s"))

    assert "/srv/100%%/hub/logs/web.log" in text


def test_mosquitto_keeps_what_it_acknowledged_and_drops_nothing() -> None:
    lines = mosquitto_configuration(18830, Path("/srv/hub/broker")).splitlines()

    assert {
        "listener 18830 127.0.0.1",
        "persistence true",
        "autosave_interval 1",
        "autosave_on_changes false",
        "max_queued_messages 0",
        "set_tcp_nodelay true",
        "message_size_limit 1048576",
    } <= set(lines)
