"""Second chances: quarantined devices and dead letters, through ingest's own door."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from hub.access.actor import SYSTEM
from hub.clock import now
from hub.db import db, transaction
from hub.errors import Conflict, NotFound
from smartcity.commands.dead_letters import dead_letter
from smartcity.models import (
    DeadLetter,
    Observation,
    QuarantinedDevice,
    QuarantinedMessage,
)
from smartcity.quarantine import queries
from smartcity.quarantine import services as intake
from smartcity.quarantine.queries import LetterFilter
from tests.integration.smartcity.conftest import World


def body(level: float, minutes_ago: int) -> bytes:
    """Return a native telemetry message."""
    at = now() - timedelta(minutes=minutes_ago)
    return json.dumps({"observed_at": at.isoformat(), "values": {"water_level": level}}).encode()


def new_quarantined(unit_code: str = "19291") -> int:
    """Put an unknown gauge with two kept messages into quarantine."""
    with transaction() as session:
        row = QuarantinedDevice(
            unit_code=unit_code,
            device_code="tram-la",
            reason="unknown-device",
            first_seen_at=now(),
            last_seen_at=now(),
            message_count=2,
            decided="",
        )
        session.add(row)
        session.flush()
        for minutes in (20, 10):
            session.add(
                QuarantinedMessage(
                    quarantined_device_id=row.id,
                    topic=f"city/{unit_code}/tram-la/telemetry",
                    payload=body(1.5, minutes),
                    received_at=now() - timedelta(minutes=minutes),
                )
            )
        return row.id


def new_letter(payload: bytes, topic: str = "city/19249/tram-le-thuy/telemetry") -> int:
    """Keep a message as a dead letter."""
    with transaction() as session:
        letter = DeadLetter(
            topic=topic,
            payload=payload,
            payload_size=len(payload),
            reason="not-json",
            unit_code="19249",
            device_code="tram-le-thuy",
            received_at=now() - timedelta(minutes=5),
            state="open",
        )
        session.add(letter)
        session.flush()
        return letter.id


def test_an_approved_device_gets_the_messages_kept_for_it(world: World) -> None:
    row_id = new_quarantined()
    draft = {"code": "tram-la", "name": "Trạm An Thủy", "kind": "river_gauge", "unit": "19291"}
    with transaction() as session:
        device, done = intake.approve_device(session, world.actor("dung"), row_id, draft)
        assert (device.code, done.taken, done.refused) == ("tram-la", 2, ())
    assert db.session.scalar(select(func.count()).select_from(Observation)) == 2
    row = db.session.get(QuarantinedDevice, row_id)
    assert row is not None
    assert (row.decided, row.decided_by) == ("approved", "Phan Văn Dũng")
    assert db.session.scalars(select(QuarantinedMessage)).all() == []


def test_a_device_is_decided_once(world: World) -> None:
    row_id = new_quarantined()
    with transaction() as session:
        intake.reject_device(session, world.actor("bao"), row_id)
    with pytest.raises(Conflict, match="Đặng Quốc Bảo"), transaction() as session:
        intake.reject_device(session, world.actor("dung"), row_id)


def test_approval_under_a_foreign_unit_changes_nothing(world: World) -> None:
    row_id = new_quarantined()
    with pytest.raises(NotFound), transaction() as session:
        intake.reject_device(session, world.actor("oanh"), row_id)
    assert queries.quarantine_count(db.session(), SYSTEM.scope) == 1
    assert queries.quarantine_count(db.session(), world.actor("oanh").scope) == 0


def test_a_mended_letter_is_taken_in_and_a_hopeless_one_stays(world: World) -> None:
    good, bad = new_letter(body(4.5, 30)), new_letter(b"\xff\x00")
    with transaction() as session:
        done = intake.replay_letters(session, world.actor("dung"), [good, bad])
    assert done.taken == 1
    assert len(done.refused) == 1
    states = dict(db.session.execute(select(DeadLetter.id, DeadLetter.state)).all())
    assert states == {good: "replayed", bad: "open"}
    with pytest.raises(NotFound), transaction() as session:
        intake.replay_letters(session, world.actor("dung"), [good])


def test_dropped_letters_leave_the_open_list(world: World) -> None:
    letter = new_letter(b"oops")
    with transaction() as session:
        assert intake.drop_letters(session, world.actor("bao"), [letter]) == 1
    counts = queries.dead_letter_counts(db.session(), SYSTEM.scope, LetterFilter())
    assert counts == {"open": 0, "replayed": 0, "dropped": 1}


def test_the_command_lists_and_replays_letters(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    number = new_letter(body(4.5, 30))
    monkeypatch.setenv("HUB_DEMO", "1")
    monkeypatch.setenv("HUB_INSTANCE_DIR", str(tmp_path))

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(dead_letter, arguments, obj=lambda _settings: app)
        assert done.exit_code == 0, done.output
        return done.output

    assert "city/19249/tram-le-thuy/telemetry" in run("list")
    assert "taken=1" in run("replay", str(number))
    assert run("list") == ""
