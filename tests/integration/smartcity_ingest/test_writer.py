import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from hub.journal import JournalEntry
from smartcity.models import (
    Alert,
    AlertStep,
    DeadLetter,
    Detection,
    Device,
    Observation,
    QuarantinedDevice,
    QuarantinedMessage,
    Series,
)
from tests.integration.smartcity_ingest.conftest import NOW, Place, level, raw, sighting


def test_a_batch_becomes_rows_and_the_newest_value(place: Place) -> None:
    place.tell(level(0.9, 2), level(0.7, 0), level(0.8, 1))

    assert place.count(Observation) == 3
    series = place.session.scalars(select(Series)).one()
    assert (series.latest_value, series.latest_observed_at) == (0.9, NOW + timedelta(minutes=2))
    assert (
        place.session.scalars(select(Device).where(Device.code == "tram")).one().status == "online"
    )


def test_a_redelivered_message_is_one_row_and_one_alert(place: Place) -> None:
    message = level(3.0)
    for _ in range(3):
        place.tell(message, message)
        place.restart()

    assert place.count(Observation) == 1
    assert [alert.repeat_count for alert in place.alerts()] == [1]


def test_a_flood_is_one_alert_through_all_marks(place: Place) -> None:
    place.tell(level(1.3, 0), level(2.3, 1))
    place.tell(level(2.8, 2), level(2.9, 3))

    (alert,) = place.alerts()
    assert (alert.mark, alert.severity, alert.state) == (3, "critical", "UNACK")
    assert (alert.value, alert.threshold, alert.repeat_count) == (2.9, 2.7, 4)
    assert alert.title == "Luật bd3 · Tram"
    verbs = place.session.scalars(select(AlertStep.verb).order_by(AlertStep.id)).all()
    assert verbs == ["raised", "escalated", "escalated"]

    place.tell(level(1.0, 4))
    (alert,) = place.alerts()
    assert (alert.state, alert.returned_at) == ("RTNUN", NOW + timedelta(minutes=4))


def test_a_rise_asks_anew_whoever_has_acknowledged_or_shelved_it_lower(place: Place) -> None:
    place.tell(level(1.3, 0))
    (alert,) = place.alerts()
    alert.asks_since = NOW - timedelta(hours=23)
    alert.acknowledged_at, alert.acknowledged_by = NOW, "Bảo"
    alert.state, alert.shelved_until = "SHLVD", NOW + timedelta(hours=8)
    place.session.commit()

    place.restart()
    place.tell(level(2.8, 1))

    (alert,) = place.alerts()
    assert (alert.severity, alert.state, alert.shelved_until) == ("critical", "UNACK", None)
    assert (alert.acknowledged_at, alert.acknowledged_by) == (None, "")
    assert alert.asks_since == NOW
    entry = place.session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc())).first()
    assert entry is not None
    assert (entry.kind, entry.data["change"]) == ("alert.changed", "escalated")


def test_every_change_is_in_the_journal_for_the_unit_concerned(place: Place) -> None:
    place.tell(level(3.0, 0))
    place.tell(level(3.1, 1))
    place.tell(level(0.5, 2))

    entries = place.session.scalars(select(JournalEntry).order_by(JournalEntry.seq)).all()
    assert [entry.kind for entry in entries] == ["device.changed", "alert.raised", "alert.changed"]
    assert entries[1].data["severity"] == "critical"
    assert entries[2].data["change"] == "cleared"


def test_an_alert_that_returns_wakes_up_again(place: Place) -> None:
    place.tell(level(3.0, 0), level(0.5, 1), level(3.0, 2))

    (alert,) = place.alerts()
    assert (alert.state, alert.returned_at, alert.repeat_count) == ("UNACK", None, 2)


def test_late_values_fill_the_series_and_move_nothing_else(place: Place) -> None:
    place.tell(level(0.5, 10))
    place.tell(level(9.9, 5))

    assert place.count(Observation) == 2
    assert place.alerts() == []
    assert place.session.scalars(select(Series.latest_value)).one() == 0.5


def test_a_restart_neither_forgets_nor_repeats(place: Place) -> None:
    place.tell(level(2.3, 0))
    place.restart()
    place.tell(level(2.3, 0, is_retained=True))
    place.tell(level(2.8, 1))
    place.restart()
    place.tell(level(0.5, 2))

    (alert,) = place.alerts()
    assert (alert.state, alert.severity, alert.repeat_count) == ("RTNUN", "critical", 2)


def test_an_alert_closed_while_the_water_is_high_stays_closed(place: Place) -> None:
    place.tell(level(3.0, 0))
    with place.open_transaction() as session:
        session.execute(update(Alert).values(state="CLOSED", open_key=None, closed_at=NOW))
    place.restart()
    place.tell(level(3.1, 1))
    assert len(place.alerts()) == 1

    place.tell(level(0.5, 2), level(3.0, 3))
    assert [alert.state for alert in place.alerts()] == ["CLOSED", "UNACK"]


def test_a_drill_marks_what_it_touches(place: Place) -> None:
    place.tell(level(3.0, 0, drill=True))
    place.tell(level(3.1, 1, drill=True))

    assert place.alerts()[0].is_drill
    assert all(place.session.scalars(select(Observation.is_drill)))

    place.tell(level(3.2, 2))
    assert not place.alerts()[0].is_drill


def test_a_detection_counts_once_however_often_it_comes(place: Place) -> None:
    place.tell(sighting(1), sighting(1), sighting(2, score=0.5), sighting(3, label="cat"))
    place.tell(sighting(1), sighting(4))

    assert place.count(Detection) == 4
    (alert,) = place.alerts()
    assert (alert.kind, alert.repeat_count) == ("detection", 2)


def test_a_resent_detection_may_bring_its_end(place: Place) -> None:
    place.tell(sighting(1))
    body = {
        "id": "d-1", "observed_at": NOW.isoformat(), "label": "flooded_road",
        "ended_at": (NOW + timedelta(minutes=3)).isoformat(),
    }  # fmt: skip
    place.tell(raw("city/457/cam/detection", json.dumps(body)))

    ended = place.session.scalars(select(Detection.ended_at)).one()
    assert ended == NOW + timedelta(minutes=3)


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        ("city/457/tram/telemetry", b"\xff", "not-utf8"),
        ("city/457/tram/telemetry", b'{"values":{"a":NaN}}', "number-not-finite"),
        ("city/457/tram/other", b"{}", "topic-unknown-kind"),
        ("city/\x00/tram/other", b"{}", "topic-bad-unit-code"),
        ("", b"", "topic-foreign-prefix"),
        (
            "city/457/tram/telemetry",
            b'{"observed_at":"1970-01-01T00:00:09Z","values":{"a":1}}',
            "clock-before-2000",
        ),
        (
            "city/457/tram/telemetry",
            b'{"observed_at":"2099-01-01T00:00:00Z","values":{"a":1}}',
            "clock-in-future",
        ),
    ],
)
def test_what_cannot_be_read_is_a_dead_letter_and_stops_nothing(
    place: Place, topic: str, payload: bytes, reason: str
) -> None:
    place.tell(level(0.5, 0), raw(topic, payload), level(0.6, 1))

    assert place.count(Observation) == 2
    letter = place.session.scalars(select(DeadLetter)).one()
    assert letter.reason.startswith(reason)
    assert (letter.payload, letter.state) == (payload, "open")


def test_strangers_are_counted_and_their_newest_messages_kept(place: Place) -> None:
    for first in (0, 20):
        place.tell(*(raw("city/457/la/telemetry", f"{n}") for n in range(first, first + 20)))
    place.tell(raw("city/999/tram/telemetry", "{}"))

    found = place.session.scalars(select(QuarantinedDevice).order_by(QuarantinedDevice.id)).all()
    assert [(d.device_code, d.reason, d.message_count) for d in found] == [
        ("la", "unknown-device", 40),
        ("tram", "other-unit", 1),
    ]
    kept = place.session.scalars(
        select(QuarantinedMessage.payload)
        .where(QuarantinedMessage.quarantined_device_id == found[0].id)
        .order_by(QuarantinedMessage.id)
    ).all()
    assert kept == [str(n).encode() for n in range(20, 40)]
    assert place.count(DeadLetter) == 0


def test_presence_is_remembered_and_told_once(place: Place) -> None:
    place.tell(raw("city/457/cam/status", "online"), raw("city/457/cam/status", "offline"))
    place.tell(raw("city/457/cam/status", "offline", is_retained=True))

    assert (
        place.session.scalars(select(Device.status).where(Device.code == "cam")).one() == "offline"
    )
    kinds = place.session.scalars(select(JournalEntry.kind)).all()
    assert kinds == ["device.changed"]


def test_a_retained_value_without_a_time_is_not_taken_for_a_new_one(place: Place) -> None:
    place.tell(raw("city/457/nguon/telemetry", '{"values":{"mains":0}}', is_retained=True))

    assert place.count(Observation) == 0
    assert place.alerts() == []


def test_mains_lost_and_back(place: Place) -> None:
    place.tell(raw("city/457/nguon/telemetry", '{"values":{"mains":0}}'))
    later = NOW + timedelta(minutes=1)
    place.tell(raw("city/457/nguon/telemetry", '{"values":{"mains":1}}', later))

    (alert,) = place.alerts()
    assert (alert.kind, alert.state, alert.threshold) == ("threshold", "RTNUN", 0.5)
