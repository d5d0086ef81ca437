"""Programs read which answers are missing and give many at once, each judged by itself."""

from typing import Any

from sqlalchemy import select

from conferencing.models import Conference, ConferenceChange, ConferenceSite
from hub.db import transaction
from tests.integration.api.world import Caller, World

COMMUNES = ("DC-19249", "DC-19252", "DC-19255")


def booked(world: World, sites: tuple[str, ...] = ("DC-450", *COMMUNES), room: str = "P4") -> str:
    """Book a conference of the whole province; return its code."""
    body = {"title": "Giao ban", "starts_at": "2099-01-05T08:00:00+07:00", "room": room,
            "ends_at": "2099-01-05T09:00:00+07:00", "sites": list(sites)}  # fmt: skip
    answer = world.caller("quantri").post("/conferences", body)
    assert answer.status_code == 201, answer.text
    code: str = answer.json["code"]
    return code


def send(caller: Caller, code: str, *answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = caller.post(f"/conferences/{code}/answers", {"answers": list(answers), **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def yes(site: str, **more: Any) -> dict[str, Any]:
    return {"site": site, "partstat": "ACCEPTED", **more}


def test_a_district_answers_for_its_communes_at_once(world_on_each: World) -> None:
    code, caller = booked(world_on_each), world_on_each.caller("lethuy")
    path = f"/pending-answers?conference={code}"
    assert [item["site"] for item in caller.items(path)] == list(COMMUNES)
    given = [yes(COMMUNES[0], headcount=7, proxy_name="Phó Chủ tịch"), yes(COMMUNES[1])]
    written = send(caller, code, *given)
    assert written["saved"] == 2
    assert [item["site"] for item in caller.items(path)] == [COMMUNES[2]]
    sites = {site["code"]: site for site in caller.get(f"/conferences/{code}").json["sites"]}
    assert sites[COMMUNES[0]]["headcount"] == 7
    assert sites[COMMUNES[0]]["proxy_name"] == "Phó Chủ tịch"
    with world_on_each.app.app_context(), transaction() as session:
        answered = select(ConferenceChange).where(ConferenceChange.verb == "answered")
        assert {each.actor_name for each in session.scalars(answered)} == {"Người lethuy ghi thay"}


def test_what_cannot_be_taken_is_named_and_the_rest_is_saved(world_on_each: World) -> None:
    code, caller = booked(world_on_each), world_on_each.caller("lethuy")
    send(world_on_each.caller("quantri"), code, yes(COMMUNES[0]))
    no = {"site": COMMUNES[0], "partstat": "DECLINED", "note": "Mất điện"}
    written = send(caller, code, no, yes(COMMUNES[1]), yes("DC-450"), yes("DC-la"))
    outcomes = {each["site"]: each["outcome"] for each in written["answers"]}
    assert outcomes == {
        COMMUNES[0]: "answered",
        COMMUNES[1]: "saved",
        "DC-450": "not_found",
        "DC-la": "not_found",
    }
    assert "Người quantri ghi thay đã trả lời" in written["answers"][0]["message"]
    assert send(caller, code, no, replace=True)["saved"] == 1


def test_the_same_answer_twice_leaves_one_trace(world_on_each: World) -> None:
    code, caller = booked(world_on_each), world_on_each.caller("lethuy")
    assert send(caller, code, yes(COMMUNES[0], headcount=3))["saved"] == 1
    again = send(caller, code, yes(COMMUNES[0], headcount=3))
    assert (again["saved"], again["answers"][0]["outcome"]) == (0, "unchanged")
    with world_on_each.app.app_context(), transaction() as session:
        query = select(ConferenceChange.id).where(ConferenceChange.verb == "answered")
        assert len(session.scalars(query).all()) == 1


def test_a_cancelled_conference_takes_no_answer(world: World) -> None:
    code = booked(world)
    cancelled = world.caller("quantri").post(f"/conferences/{code}/cancel", {"reason": "Bão"})
    assert cancelled.status_code == 200
    caller = world.caller("lethuy")
    answer = caller.post(f"/conferences/{code}/answers", {"answers": [yes(COMMUNES[0])]})
    assert answer.status_code == 409
    assert caller.items(f"/pending-answers?conference={code}") == []


def test_a_foreign_district_sees_nothing_and_answers_for_nobody(world: World) -> None:
    code = booked(world, COMMUNES)
    caller = world.caller("donghoi")
    assert caller.items(f"/pending-answers?conference={code}") == []
    # A viewer may not answer at all; who may elsewhere does not find this conference.
    answers = {"answers": [yes(COMMUNES[0])]}
    assert caller.post(f"/conferences/{code}/answers", answers).status_code == 403
    own = booked(world, ("DC-450",), "P1")
    keeper = world.caller("lethuy")
    assert keeper.post(f"/conferences/{own}/answers", answers).status_code == 404
    with world.app.app_context(), transaction() as session:
        rows = session.scalars(
            select(ConferenceSite).join(Conference).where(Conference.code.in_([code, own]))
        )
        assert {row.partstat for row in rows} == {"NEEDS-ACTION"}


def test_a_body_that_cannot_be_read_names_the_member(world: World) -> None:
    code, caller = booked(world), world.caller("lethuy")
    path = f"/conferences/{code}/answers"
    wrong = caller.post(path, {"answers": [{"site": COMMUNES[0], "partstat": "PERHAPS"}]})
    assert wrong.status_code == 422
    assert wrong.json["errors"][0]["field"] == "answers.0.partstat"
    twice = caller.post(path, {"answers": [yes(COMMUNES[0]), yes(COMMUNES[0])]})
    assert twice.json["errors"][0]["field"] == "answers"
