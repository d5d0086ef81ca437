from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import exc, select, text
from sqlalchemy.orm import Session

from hub import clock
from hub.health.beats import last_beat
from smartcity.ingest import observations, plan, writer
from smartcity.ingest.catalogue import load_devices
from smartcity.ingest.failures import RULES
from smartcity.ingest.plan import BatchPlan
from smartcity.ingest.replay import StoredMessage, replay_messages
from smartcity.ingest.writer import DatabaseAway, Writer
from smartcity.models import AlarmMarks, DeadLetter, Device, Observation, Series
from smartcity.quarantine.readiness import rule_readings, storing_readings
from tests.integration.smartcity_ingest.conftest import NOW, Place, level


def away() -> exc.OperationalError:
    return exc.OperationalError("COMMIT", {}, Exception("database is locked"))


def failing(place: Place, times: int) -> Writer:
    """A writer whose first commits fail as those of a full disk do."""
    left = [times]

    @contextmanager
    def open_transaction() -> Iterator[Session]:
        with place.open_transaction() as session:
            yield session
            if left[0]:
                left[0] -= 1
                raise away()

    def opener() -> AbstractContextManager[Session]:
        return open_transaction()

    return Writer(place.registry, opener, lambda: NOW)


def test_a_database_that_is_away_leaves_nothing_and_loses_nothing(place: Place) -> None:
    writer = failing(place, times=2)
    batch = [level(0.5, 0), level(3.0, 1)]
    for _ in range(2):
        with pytest.raises(DatabaseAway):
            writer.write(batch)
        assert place.count(Observation) == 0
        assert place.alerts() == []

    writer.write(batch)

    assert place.count(Observation) == 2
    assert len(place.alerts()) == 1
    assert place.count(Series) == 1


def test_a_database_that_is_not_migrated_yet_makes_no_dead_letters(place: Place) -> None:
    with place.open_transaction() as session:
        session.execute(text("ALTER TABLE smartcity_series RENAME COLUMN latest_value TO newest"))
    with pytest.raises(DatabaseAway):
        place.writer.write([level(0.5, 0)])
    with place.open_transaction() as session:
        session.execute(text("ALTER TABLE smartcity_series RENAME COLUMN newest TO latest_value"))
    assert place.count(DeadLetter) == 0

    place.tell(level(0.5, 0))

    assert place.count(Observation) == 1


def test_a_message_the_database_refuses_is_a_dead_letter_alone(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = observations.write_observations

    def poisoned(session: Session, plan: BatchPlan) -> None:
        write(session, plan)
        if any(reading.value == 66.6 for _, reading, _ in plan.observations):
            raise exc.DataError("INSERT", {}, Exception("value out of range"))

    monkeypatch.setattr("smartcity.ingest.writer.write_observations", poisoned)

    place.tell(level(0.5, 0), level(66.6, 1), level(0.6, 2))

    assert place.count(Observation) == 2
    letter = place.session.scalars(select(DeadLetter)).one()
    assert letter.reason == "not-storable: DataError"
    assert place.alerts() == []


def test_intake_that_can_keep_nothing_is_not_well(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_session: Session, plan: BatchPlan) -> None:
        if plan.observations:
            raise ValueError("a mistake of ours")

    def is_well() -> bool:
        with place.open_transaction() as session:
            [reading] = storing_readings(session, None)  # type: ignore[arg-type]
        return reading.is_well

    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(seconds=90))
    assert is_well()
    with monkeypatch.context() as patched:
        patched.setattr("smartcity.ingest.writer.write_observations", broken)
        place.tell(level(0.5, 0), level(0.6, 0.5))
    assert place.count(DeadLetter) == 2
    assert not is_well()
    place.tell(level(0.7, 1))
    assert is_well(), "what others send is kept"


def test_replay_takes_in_what_is_known_now(place: Place) -> None:
    unit_id = place.session.scalars(select(Device.unit_id)).first()
    fresh = Device(code="moi", name="Mới", name_fold="moi", kind="other", unit_id=unit_id)
    fresh.created_at = fresh.updated_at = NOW
    with place.open_transaction() as session:
        session.add(fresh)
        session.flush()
        answers = replay_messages(
            session,
            [
                StoredMessage("city/457/moi/telemetry", b'{"values":{"a":1}}', NOW),
                StoredMessage("city/457/moi/telemetry", b"junk", NOW),
                StoredMessage("city/457/la/telemetry", b'{"values":{"a":1}}', NOW),
            ],
        )

    assert answers[0] is None
    assert str(answers[1]).startswith("not-json")
    assert answers[2] == "unknown-device"
    assert place.count(Observation) == 1
    assert place.count(DeadLetter) == 0


def test_a_mark_taken_away_above_it_lessens_the_alert_and_eats_nothing(place: Place) -> None:
    place.tell(level(3.2, minute=1))
    with place.open_transaction() as session:
        marks = session.scalars(select(AlarmMarks)).one()
        marks.bd3 = None
    place.registry.replace_devices(load_devices(place.session))
    place.session.rollback()

    place.tell(level(3.3, minute=2), level(3.1, minute=3), level(0.2, minute=4))

    assert place.count(Observation) == 4
    assert place.count(DeadLetter) == 0
    [alert] = place.alerts()
    assert (alert.mark, alert.returned_at is not None) == (2, True)


def test_a_rule_that_breaks_eats_no_reading_and_is_seen(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise IndexError("level 3 of 2")

    monkeypatch.setattr(plan, "evaluate", broken)
    place.tell(level(3.2, minute=1))
    monkeypatch.undo()

    assert (place.count(Observation), place.count(DeadLetter)) == (1, 0)
    with place.open_transaction() as session:
        said = last_beat(session, RULES)
        [reading] = rule_readings(session, None)  # type: ignore[arg-type]
    assert said is not None
    assert "IndexError" in said[1]
    assert not reading.is_well
    assert "tram" in reading.detail


def test_alerts_that_cannot_be_moved_cost_no_reading_and_are_moved_by_the_next(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise ValueError("no such severity")

    monkeypatch.setattr(writer, "apply_signals", broken)
    place.tell(level(3.2, minute=1))
    monkeypatch.undo()
    assert (place.count(Observation), place.count(DeadLetter), place.alerts()) == (1, 0, [])

    place.tell(level(3.3, minute=2))

    assert [alert.mark for alert in place.alerts()] == [3]
