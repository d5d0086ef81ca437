"""Two callers, one object: versions there and back, and nothing lost without them."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from hub.clock import now
from hub.db import db, transaction
from smartcity.models import Device
from tests.factories import in_days
from tests.integration.api.test_booking import asked
from tests.integration.api.world import Answer, World

RULE = {
    "code": "mua-lon",
    "name": "Mưa lớn",
    "kind": "threshold",
    "severity": "high",
    "unit": "44",
    "prop": "rainfall_1h",
    "raise_at": 50,
}
# Of each kind of object: its address, and two members with a new value each.
OBJECTS: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("/sites/DC-450", {"name": "Điểm cầu mới"}, {"seats": 77}),
    ("/rooms/P1", {"name": "Phòng mới"}, {"dial_in": "447109"}),
    ("/bridges/MCU1", {"name": "MCU mới"}, {"ports": 399}),
    ("/devices/may-450", {"name": "Máy mới"}, {"river": "Nhật Lệ"}),
    ("/rules/mua-lon", {"name": "Mưa rất lớn"}, {"raise_at": 60}),
    ("/conferences/{conference}", {"title": "Họp mới"}, {"agenda": "Điểm 1"}),
)
Act = Callable[[], Answer]


def at_once(world: World, acts: Sequence[Act]) -> list[Answer]:
    """Do all at the same moment, each in a thread of its own."""
    gate = threading.Barrier(len(acts))

    def one(act: Act) -> Answer:
        gate.wait()
        try:
            return act()
        finally:
            with world.app.app_context():
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(one, acts))


def patching(world: World, path: str, body: dict[str, Any]) -> Act:
    caller = world.caller("quantri")
    return lambda: caller.patch(path, body)


def prepared(world: World, path: str) -> str:
    """Return the address of an object that there is."""
    caller = world.caller("quantri")
    if path.startswith("/rules"):
        assert caller.post("/rules", RULE).status_code == 201
    first = caller.items("/conferences")[0]["code"]
    return path.format(conference=first)


@pytest.mark.parametrize(("path", "one", "other"), OBJECTS)
def test_a_change_from_an_old_version_is_refused_with_the_present_one(
    world: World, path: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    caller, path = world.caller("quantri"), prepared(world, path)
    read = caller.get(path)
    tag = read.headers["ETag"]
    assert tag == f'"{read.json["version"]}"'
    first = caller.send("PATCH", path, one, If_Match=tag)
    assert first.status_code == 200, first.text
    present = first.headers["ETag"]
    assert present != tag
    late = caller.send("PATCH", path, other, If_Match=tag)
    assert late.status_code == 412
    assert late.mimetype == "application/problem+json"
    assert late.headers["ETag"] == present == f'"{late.json["version"]}"'
    # A proxy that compresses weakens a tag; several may be named; * is any.
    for named in ("W/{}", '"999", {}', "*"):
        sent = named.format(caller.get(path).headers["ETag"])
        assert caller.send("PATCH", path, other, If_Match=sent).status_code == 200, sent
    kept = caller.get(path).json
    assert {**kept, **one, **other} == kept


def test_what_is_no_version_of_ours_matches_nothing(world: World) -> None:
    caller = world.caller("quantri")
    for tag in ('"abc"', '""', '"0"', '"99999999999"'):
        answer = caller.send("PATCH", "/rooms/P1", {"name": "Phòng"}, If_Match=tag)
        assert answer.status_code == 412, tag


def test_a_call_sent_twice_is_answered_alike_though_its_version_is_old(world: World) -> None:
    caller = world.caller("quantri")
    tag = caller.get("/rooms/P1").headers["ETag"]
    headers = {"If_Match": tag, "Idempotency_Key": "doi-ten"}
    first, again = (
        caller.send("PATCH", "/rooms/P1", {"name": "Phòng một"}, **headers) for _ in range(2)
    )
    assert (again.status_code, again.json) == (200, first.json)
    assert again.headers["ETag"] == first.headers["ETag"]


def test_cancelling_and_moving_heed_the_version_of_the_conference(world: World) -> None:
    caller = world.caller("quantri")
    made = caller.post("/conferences", asked(rrule="FREQ=DAILY;COUNT=3"))
    path, tag = f"/conferences/{made.json['code']}", made.headers["ETag"]
    first, second = (f"/occurrences/{date['id']}" for date in made.json["occurrences"][:2])
    assert caller.get(first).headers["ETag"] == tag
    later = {"starts_at": (in_days(14) + timedelta(minutes=30)).isoformat()}
    moved = caller.send("PATCH", first, later, If_Match=tag)
    assert moved.status_code == 200, moved.text
    assert caller.send("PATCH", first, later, If_Match=tag).status_code == 412
    assert caller.send("POST", f"{second}/cancel", {}, If_Match=tag).status_code == 412
    assert caller.send("POST", f"{path}/cancel", {}, If_Match=tag).status_code == 412
    assert caller.send("DELETE", path, If_Match=tag).status_code == 412
    assert caller.get(path).json["status"] == "CONFIRMED"
    present = moved.headers["ETag"]
    assert caller.send("DELETE", path, If_Match=present).status_code == 200


def test_what_is_measured_and_answered_raises_no_version(world_on_each: World) -> None:
    caller = world_on_each.caller("quantri")
    tag = caller.get("/devices/may-450").headers["ETag"]
    with world_on_each.app.app_context(), transaction() as session:
        heard = update(Device).where(Device.code == "may-450")
        session.execute(heard.values(status="offline", last_seen_at=now()))
        device = session.scalars(select(Device).where(Device.code == "may-450")).one()
        device.status_at = now()
        device.series[0].latest_value = 7.5
    assert caller.get("/devices/may-450").headers["ETag"] == tag


def test_the_document_tells_it(world: World) -> None:
    paths = world.caller("quantri").get("/openapi.json").json["paths"]
    change, read = paths["/rooms/{code}"]["patch"], paths["/rooms/{code}"]["get"]
    assert "If-Match" in {each["name"] for each in change["parameters"]}
    assert "412" in change["responses"]
    assert "ETag" in read["responses"]["200"]["headers"]
    booking = paths["/conferences"]["post"]
    assert "If-Match" not in {each["name"] for each in booking["parameters"]}


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("path", "one", "other"), OBJECTS)
def test_two_parallel_changes_lose_nothing_of_each_other(
    world_on_each: World, path: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    path = prepared(world_on_each, path)
    texts = {name for name, value in {**one, **other}.items() if isinstance(value, str)}
    for turn in range(4):
        bodies = [
            {name: f"{value} {turn}" if name in texts else value for name, value in body.items()}
            for body in (one, other)
        ]
        answers = at_once(world_on_each, [patching(world_on_each, path, body) for body in bodies])
        assert [answer.status_code for answer in answers] == [200, 200], answers
        kept = world_on_each.caller("quantri").get(path).json
        assert {**kept, **bodies[0], **bodies[1]} == kept


@pytest.mark.timeout(300)
def test_a_cancelled_date_stays_cancelled_beside_a_new_title(world_on_each: World) -> None:
    caller = world_on_each.caller("quantri")
    made = caller.post("/conferences", asked(rrule="FREQ=DAILY;COUNT=6")).json
    path = f"/conferences/{made['code']}"
    for turn, date in enumerate(made["occurrences"][:4]):
        called_off = f"/occurrences/{date['id']}/cancel"
        other = world_on_each.caller("quantri")
        answers = at_once(
            world_on_each,
            [
                patching(world_on_each, path, {"title": f"Giao ban {turn}"}),
                lambda called_off=called_off, other=other: other.post(called_off, {}),  # type: ignore[misc]
            ],
        )
        assert [answer.status_code for answer in answers] == [200, 200], answers
        kept = caller.get(path).json
        assert kept["title"] == f"Giao ban {turn}"
        gone = [one["id"] for one in kept["occurrences"] if one["status"] == "CANCELLED"]
        assert gone == [one["id"] for one in made["occurrences"][: turn + 1]]


@pytest.mark.timeout(300)
def test_start_and_end_of_a_date_moved_at_once_are_both_kept(world_on_each: World) -> None:
    caller = world_on_each.caller("quantri")
    made = caller.post("/conferences", asked(rrule="FREQ=DAILY;COUNT=2")).json
    path = f"/occurrences/{made['occurrences'][0]['id']}"
    start, end = in_days(14) + timedelta(minutes=15), in_days(14) + timedelta(minutes=165)
    whole = {"starts_at": start.isoformat(), "ends_at": end.isoformat()}
    at_once(
        world_on_each,
        [
            patching(world_on_each, path, whole),
            patching(world_on_each, path, {"ends_at": whole["ends_at"]}),
        ],
    )
    kept = caller.get(path).json
    assert datetime.fromisoformat(kept["ends_at"]) == end
    assert datetime.fromisoformat(kept["starts_at"]) == start


@pytest.mark.timeout(300)
def test_of_many_from_one_version_exactly_one_is_taken(world_on_each: World) -> None:
    caller = world_on_each.caller("quantri")
    tag = caller.get("/sites/DC-450").headers["ETag"]
    callers = [world_on_each.caller("quantri") for _ in range(8)]

    def renaming(number: int) -> Act:
        body = {"name": f"Tên {number}"}
        return lambda: callers[number].send("PATCH", "/sites/DC-450", body, If_Match=tag)

    answers = at_once(world_on_each, [renaming(number) for number in range(8)])
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 7]
    taken = next(answer for answer in answers if answer.status_code == 200)
    assert caller.get("/sites/DC-450").json["name"] == taken.json["name"]
