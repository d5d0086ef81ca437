"""Every resource but conferences: it can be listed, read, made and changed."""

import base64
from typing import Any

import pytest
from sqlalchemy.orm import Session

from smartcity.ingest.replay import StoredMessage
from smartcity.quarantine import services as quarantine
from tests.integration.api.world import World


def test_alerts_are_acknowledged_by_code_or_id_and_only_once(world_on_each: World) -> None:
    caller = world_on_each.caller("lethuy")
    alert = caller.get("/alerts/CB-457").json
    late = caller.post(f"/alerts/{alert['id']}/acknowledge", {"severity": "low"})
    assert late.status_code == 409
    done = caller.post(f"/alerts/{alert['id']}/acknowledge", {"note": "Đã gọi xã"})
    assert done.status_code == 200, done.text
    assert done.json["state"] == "ACKED"
    assert done.json["steps"][-1]["note"] == "Đã gọi xã"
    noted = caller.post("/alerts/CB-457/note", {"note": "Trạm trưởng nghe máy"}).json
    assert (noted["state"], noted["steps"][-1]["note"]) == ("ACKED", "Trạm trưởng nghe máy")
    again = caller.post("/alerts/CB-457/acknowledge", {})
    assert again.status_code == 409
    assert "Người lethuy" in again.json["detail"]


def test_an_alert_is_verified_assigned_shelved_and_closed(world: World) -> None:
    caller = world.caller("tructhe")
    steps: list[tuple[str, dict[str, Any], str]] = [
        ("verify", {"note": "Camera thấy nước"}, "ACKED"),
        ("assign", {"assignee": "lethuy"}, "ACKED"),
        ("shelve", {"minutes": 30, "note": "Đang sửa máy"}, "SHLVD"),
        ("unshelve", {}, "ACKED"),
        ("close", {"note": "Xong"}, "CLOSED"),
    ]
    for act, body, state in steps:
        answer = caller.post(f"/alerts/CB-457/{act}", body)
        assert (answer.status_code, answer.json.get("state")) == (200, state), answer.text
    assert caller.get("/alerts/CB-457").json["assignee"] == "Người lethuy"
    refused = caller.post("/alerts/CB-450/assign", {"assignee": "lethuy"})
    assert refused.status_code == 422


def test_a_shelving_needs_a_time(world: World) -> None:
    answer = world.caller("tructhe").post("/alerts/CB-457/shelve", {"note": "x"})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "until"


@pytest.mark.parametrize(
    ("path", "body", "change"),
    [
        (
            "/devices",
            {
                "code": "moi-1",
                "name": "Máy mới",
                "kind": "camera",
                "unit": "457",
                "lat": 17.2,
                "lon": 106.8,
            },
            {"name": "Máy cũ", "lat": None, "lon": None, "is_active": False},
        ),
        (
            "/sites",
            {"code": "DC-MOI", "name": "Điểm cầu mới", "unit": "457", "seats": 30},
            {"seats": 40, "readiness": "fault"},
        ),
        (
            "/bridges",
            {"code": "MCU9", "name": "MCU mới", "unit": "44", "ports": 8},
            {"ports": 16},
        ),
        (
            "/rooms",
            {"code": "P9", "name": "Phòng", "unit": "44", "bridge": "MCU1", "capacity": 9},
            {"capacity": 10, "buffer_minutes": 15},
        ),
        (
            "/rules",
            {
                "code": "mua-to",
                "name": "Mưa to",
                "kind": "threshold",
                "severity": "high",
                "unit": "44",
                "device_kind": "rain_gauge",
                "prop": "rainfall_1h",
                "raise_at": 50.0,
                "clear_at": 30.0,
            },
            {"clear_at": None, "severity": "critical", "is_active": False},
        ),
    ],
)
def test_made_read_changed_and_found(
    world_on_each: World, path: str, body: dict[str, Any], change: dict[str, Any]
) -> None:
    caller = world_on_each.caller("quantri")
    made = caller.post(path, body)
    assert made.status_code == 201, made.text
    assert {name: made.json[name] for name in body} == body
    changed = caller.patch(f"{path}/{body['code']}", change)
    assert changed.status_code == 200, changed.text
    assert {name: changed.json[name] for name in change} == change
    assert caller.get(f"{path}/{made.json['id']}").json == changed.json
    assert body["code"] in [item["code"] for item in caller.items(f"{path}?q={body['code']}")]
    assert caller.post(path, body).status_code in {409, 422}


def test_feeds_are_made_listed_and_revoked(world: World) -> None:
    caller = world.caller("donghoi")
    made = caller.post("/feeds", {"scope": "unit", "code": "450"})
    assert made.status_code == 201, made.text
    assert made.json["url"].endswith(".ics")
    assert made.json["webcal_url"].startswith("webcal")
    assert [item["id"] for item in caller.items("/feeds")] == [made.json["id"]]
    assert "url" not in caller.items("/feeds")[0]
    assert caller.send("DELETE", f"/feeds/{made.json['id']}").status_code == 204
    assert caller.items("/feeds") == []
    assert caller.post("/feeds", {"scope": "unit", "code": "457"}).status_code == 422


def test_a_dead_letter_is_replayed_or_stays_with_its_reason(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = world.caller("quantri")
    letters = caller.items("/dead-letters")
    assert base64.b64decode(letters[0]["payload_base64"]) == b"{"
    refuse(monkeypatch, None)
    done = caller.post(f"/dead-letters/{letters[0]['id']}/replay")
    assert (done.status_code, done.json["state"]) == (200, "replayed")
    refuse(monkeypatch, "json: still broken")
    done = caller.post(f"/dead-letters/{letters[1]['id']}/replay")
    assert (done.json["state"], done.json["reason"]) == ("open", "json: still broken")
    gone = caller.post(f"/dead-letters/{letters[1]['id']}/drop")
    assert gone.json["state"] == "dropped"


def refuse(monkeypatch: pytest.MonkeyPatch, reason: str | None) -> None:
    """Let ingest answer this reason for every replayed message."""

    def replay(_session: Session, messages: list[StoredMessage]) -> list[str | None]:
        return [reason for _ in messages]

    monkeypatch.setattr(quarantine, "replay_messages", replay)


def test_the_journal_goes_on_from_a_sequence_number(world_on_each: World) -> None:
    caller = world_on_each.caller("lethuy")
    before = caller.items("/journal")
    caller.post("/alerts/CB-457/acknowledge", {})
    fresh = caller.items(f"/journal?since={before[-1]['seq']}")
    assert [(fact["kind"], fact["data"]["code"]) for fact in fresh] == [("alert.changed", "CB-457")]
    assert world_on_each.caller("donghoi").items(f"/journal?since={before[-1]['seq']}") == []
    for kind in {fact["kind"] for fact in [*before, *fresh]}:
        assert caller.items(f"/journal?kind={kind}")
    assert caller.get("/journal?kind=alert.rased").status_code == 422


def test_pages_together_are_the_whole_list(world_on_each: World) -> None:
    caller = world_on_each.caller("quantri")
    for path in ("/units", "/sites", "/devices", "/occurrences", "/journal", "/conferences"):
        whole = [item["id"] for item in caller.get(f"{path}?limit=500").json["items"]]
        cursor: str | None = ""
        paged: list[int] = []
        while cursor is not None:
            page = caller.get(f"{path}?limit=7&cursor={cursor}").json
            paged += [item["id"] for item in page["items"]]
            cursor = page["next"]
        assert paged == whole, path


def test_a_strange_cursor_is_named(world: World) -> None:
    for cursor in ("x", "djE6", "djE6MTox", "djI6MQ", "////", "é", "djE6LTE", "="):
        answer = world.caller("quantri").get(f"/sites?cursor={cursor}")
        assert answer.status_code == 422
        assert answer.json["errors"][0]["field"] == "cursor"
