"""What people may do to an alert, what it leaves behind, and who wins when two act at once."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.models import AuditEntry
from hub.clock import now
from hub.db import db, transaction
from hub.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.journal import JournalEntry
from smartcity.alerts import services
from smartcity.domain.severity import Severity
from smartcity.models import Alert, AlertStep
from tests.integration.smartcity.conftest import World


def verbs(session: Session) -> list[str]:
    """Return the verbs of all steps in order."""
    return list(session.scalars(select(AlertStep.verb).order_by(AlertStep.id)))


def test_acknowledging_stamps_the_alert_a_step_the_audit_and_the_journal(world: World) -> None:
    bao = world.actor("bao")
    with transaction() as session:
        services.acknowledge_alert(session, bao, "CB-1", "đã gọi trạm")
    alert = world.alert()
    assert (alert.state, alert.acknowledged_by, alert.assignee_name) == (
        "ACKED",
        "Đặng Quốc Bảo",
        "Đặng Quốc Bảo",
    )
    step = db.session.scalars(select(AlertStep)).one()
    assert (step.verb, step.actor_name, step.note) == (
        "acknowledged",
        "Đặng Quốc Bảo",
        "đã gọi trạm",
    )
    audit = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "CB-1")).one()
    assert (audit.action, audit.user_id) == ("smartcity:alert:acknowledged", world.users["bao"])
    entry = db.session.scalars(select(JournalEntry)).one()
    assert entry.kind == "alert.changed"
    assert entry.unit_ids == [world.units["19249"]]
    assert entry.data["state"] == "ACKED"
    assert entry.data["change"] == "acknowledged"


def test_the_second_person_is_told_who_was_first(world: World) -> None:
    bao, hoa = world.actor("bao"), world.actor("hoa")
    with transaction() as session:
        services.acknowledge_alert(session, bao, "CB-1")
    with pytest.raises(Conflict, match="Đặng Quốc Bảo"), transaction() as session:
        services.acknowledge_alert(session, hoa, "CB-1")
    assert world.alert().acknowledged_by == "Đặng Quốc Bảo"


@pytest.mark.parametrize("act", ["acknowledge", "verify", "shelve", "close"])
def test_nothing_quietens_a_level_that_its_reader_has_not_seen(world: World, act: str) -> None:
    acts: dict[str, Callable[..., Alert]] = {
        "acknowledge": services.acknowledge_alert,
        "verify": services.verify_alert,
        "shelve": partial(services.shelve_alert, until=now() + timedelta(hours=1), note="chờ"),
        "close": services.close_alert,
    }
    with pytest.raises(Conflict, match="đã lên mức Khẩn cấp"), transaction() as session:
        acts[act](session, world.actor("bao"), "CB-1", seen=Severity.HIGH)
    assert world.alert().state == "UNACK"
    assert verbs(db.session()) == []
    with transaction() as session:
        services.acknowledge_alert(session, world.actor("bao"), "CB-1", seen=Severity.CRITICAL)
    assert world.alert().state == "ACKED"


def test_of_two_at_the_same_instant_exactly_one_takes_it(app: Flask, world: World) -> None:
    actors = [world.actor("bao"), world.actor("hoa")]
    gate = threading.Barrier(2)
    outcomes: list[str] = []

    def take(index: int) -> None:
        with app.app_context():
            gate.wait(10)
            try:
                with transaction() as session:
                    services.acknowledge_alert(session, actors[index], "CB-1")
                outcomes.append("taken")
            except Conflict:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=take, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["refused", "taken"]
    assert verbs(db.session()) == ["acknowledged"]


def test_an_active_alert_nobody_holds_cannot_be_closed(world: World) -> None:
    with pytest.raises(Conflict, match="tiếp nhận trước"), transaction() as session:
        services.close_alert(session, world.actor("bao"), "CB-1")
    assert world.alert().state == "UNACK"


def test_closing_frees_the_key_for_a_new_alert_and_notes_stay_possible(world: World) -> None:
    bao = world.actor("bao")
    with transaction() as session:
        services.verify_alert(session, bao, "CB-1", "camera xác nhận")
        services.close_alert(session, bao, "CB-1")
        services.note_alert(session, bao, "CB-1", "rút kinh nghiệm")
    alert = world.alert()
    assert (alert.state, alert.open_key) == ("CLOSED", None)
    assert verbs(db.session()) == ["verified", "closed", "noted"]
    with pytest.raises(Conflict, match="đã đóng"), transaction() as session:
        services.verify_alert(session, bao, "CB-1")


def test_an_alert_goes_only_to_who_may_handle_it_there(world: World) -> None:
    bao = world.actor("bao")
    for stranger in ("ha", "oanh"):
        with pytest.raises(Invalid) as refused, transaction() as session:
            services.assign_alert(session, bao, "CB-1", world.users[stranger])
        assert refused.value.errors[0].field == "assignee"
    with transaction() as session:
        services.assign_alert(session, bao, "CB-1", world.users["hoa"])
    assert world.alert().assignee_name == "Nguyễn Thị Hòa"


def test_shelving_wants_a_reason_and_an_end_within_a_day(world: World) -> None:
    bao = world.actor("bao")
    with pytest.raises(Invalid) as refused, transaction() as session:
        services.shelve_alert(session, bao, "CB-1", now() + timedelta(days=2), "")
    assert {error.field for error in refused.value.errors} == {"until", "note"}


def test_a_shelved_alert_comes_back_when_its_time_is_up_and_not_before(world: World) -> None:
    with transaction() as session:
        until = now() + timedelta(hours=1)
        services.shelve_alert(session, world.actor("bao"), "CB-1", until, "thử máy")
    with transaction() as session:
        assert services.unshelve_due(session, "CB-1") is None
    with transaction() as session:
        services.locked_alert(session, "CB-1").shelved_until = now() - timedelta(seconds=1)
    with transaction() as session:
        assert services.unshelve_due(session, "CB-1") is not None
    alert = world.alert()
    assert (alert.state, alert.shelved_until) == ("UNACK", None)


def test_who_sees_the_alert_may_not_yet_touch_it_and_who_is_elsewhere_does_not_see_it(
    world: World,
) -> None:
    with pytest.raises(NotAllowed), transaction() as session:
        services.acknowledge_alert(session, world.actor("ha"), "CB-1")
    with pytest.raises(NotFound), transaction() as session:
        services.acknowledge_alert(session, world.actor("oanh"), "CB-1")
    assert world.alert().state == "UNACK"
