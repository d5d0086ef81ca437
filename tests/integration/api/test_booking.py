"""Booking over the API: whole or not at all, and in words a program can act on."""

from datetime import timedelta
from typing import Any

from tests.factories import in_days
from tests.integration.api.world import World


def asked(**changes: Any) -> dict[str, Any]:
    """Return a booking of three sites in room P4 a fortnight ahead."""
    start = in_days(14)
    return {
        "title": "Giao ban",
        "type": "regular",
        "room": "P4",
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=2)).isoformat(),
        "sites": ["DC-44", "DC-450", "DC-457"],
        "attendees": [{"email": "chu.tich@quangbinh.example", "name": "Trần Văn A"}],
        **changes,
    }


def test_a_booking_answers_201_with_what_the_design_promises(world_on_each: World) -> None:
    answer = world_on_each.caller("quantri").post("/conferences", asked(rrule="FREQ=DAILY;COUNT=3"))
    assert answer.status_code == 201, answer.text
    made = answer.json
    assert made["code"].startswith("HN-")
    assert made["uid"]
    assert made["sequence"] == 0
    assert len(made["occurrences"]) == 3
    assert {site["code"] for site in made["sites"]} == {"DC-44", "DC-450", "DC-457"}
    again = world_on_each.caller("quantri").get(f"/conferences/{made['id']}")
    assert again.json == world_on_each.caller("quantri").get(f"/conferences/{made['code']}").json


def test_a_clash_answers_409_with_names_and_alternatives(world_on_each: World) -> None:
    caller = world_on_each.caller("quantri")
    first = caller.post("/conferences", asked()).json
    answer = caller.post("/conferences", asked(sites=["DC-457"]))
    assert answer.status_code == 409
    assert answer.mimetype == "application/problem+json"
    assert {c["resource"] for c in answer.json["conflicts"]} == {"P4", "DC-457"}
    assert {c["conference"] for c in answer.json["conflicts"]} == {first["code"]}
    assert answer.json["alternatives"]


def test_all_sites_under_a_unit_of_one_level(world: World) -> None:
    caller = world.caller("quantri")
    answer = caller.post("/conferences", asked(sites={"under": "457", "level": "commune"}))
    assert answer.status_code == 201, answer.text
    communes = caller.items("/units?unit=457&level=commune")
    assert {site["code"] for site in answer.json["sites"]} == {f"DC-{u['code']}" for u in communes}


def test_without_a_room_the_first_free_one_is_taken(world: World) -> None:
    caller = world.caller("quantri")
    sites = ["DC-44", "DC-450", "DC-457", "DC-455"]
    rooms = [
        caller.post("/conferences", asked(room="", sites=[site], title=site)).json["room"]
        for site in sites
    ]
    assert rooms == ["P1", "P2", "P3", "P4"]
    assert caller.post("/conferences", asked(room=None, sites=["DC-456"])).status_code == 409


def test_errors_name_the_members_that_were_sent(world: World) -> None:
    answer = world.caller("quantri").post(
        "/conferences", asked(sites=["DC-0"], room="P9", starts_at=in_days(-1).isoformat())
    )
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json["errors"]} >= {"sites", "room"}


def test_change_move_and_cancel(world_on_each: World) -> None:
    caller = world_on_each.caller("quantri")
    made = caller.post("/conferences", asked(rrule="FREQ=WEEKLY;COUNT=2")).json
    changed = caller.patch(f"/conferences/{made['code']}", {"title": "Giao ban mới", "room": "P3"})
    assert changed.status_code == 200, changed.text
    assert changed.json["title"] == "Giao ban mới"
    assert changed.json["room"] == "P3"
    second = changed.json["occurrences"][1]
    later = in_days(22, 13).isoformat()
    moved = caller.patch(f"/occurrences/{second['id']}", {"starts_at": later})
    assert moved.status_code == 200, moved.text
    assert moved.json["is_moved"]
    gone = caller.post(f"/occurrences/{second['id']}/cancel", {"reason": "Bão"})
    assert gone.json["status"] == "CANCELLED"
    ended = caller.send("DELETE", f"/conferences/{made['code']}?reason=B%C3%A3o")
    assert ended.json["status"] == "CANCELLED"
    assert caller.post(f"/conferences/{made['code']}/cancel", {}).status_code == 409


def test_availability_says_when_a_site_is_taken(world_on_each: World) -> None:
    caller = world_on_each.caller("quantri")
    caller.post("/conferences", asked())
    start = in_days(14)
    window = f"from={start:%Y-%m-%dT%H:%M:%SZ}&to={start + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    answer = caller.get(f"/availability?{window}&sites=DC-457&sites=DC-455&room=P4")
    assert answer.status_code == 200, answer.text
    busy = {item["code"]: item["busy"] for item in answer.json["items"]}
    assert busy == {"P4": [[0, 120]], "DC-457": [[0, 120]], "DC-455": []}


def test_an_address_that_cannot_be_sent_to_is_refused_at_its_field(world_on_each: World) -> None:
    people = [{"email": "an@tỉnh.vn"}, {"email": "nguyễn@quangbinh.example"}]
    refused = world_on_each.caller("quantri").post("/conferences", asked(attendees=people))
    assert refused.status_code == 422, refused.text
    assert [error["field"] for error in refused.json["errors"]] == ["attendees.1.email"]
    made = world_on_each.caller("quantri").post("/conferences", asked(attendees=people[:1])).json
    assert [person["email"] for person in made["attendees"]] == ["an@xn--tnh-dlz.vn"]
