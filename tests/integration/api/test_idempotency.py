"""A call sent twice with one key acts once, however close together the two arrive."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.integration.api.test_booking import asked
from tests.integration.api.world import World


def booked(world: World) -> list[dict[str, Any]]:
    """Return the conferences of room P4."""
    return [one for one in world.caller("quantri").items("/conferences") if one["room"] == "P4"]


def test_the_same_key_gives_the_same_answer(world_on_each: World) -> None:
    caller = world_on_each.caller("quantri")
    first = caller.post("/conferences", asked(), Idempotency_Key="k1")
    second = caller.post("/conferences", asked(), Idempotency_Key="k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(booked(world_on_each)) == 1


def test_sixteen_at_once_with_one_key_book_once_and_all_get_the_answer(
    world_on_each: World,
) -> None:
    def send(_number: int) -> tuple[int, str]:
        answer = world_on_each.caller("quantri").post(
            "/conferences", asked(), Idempotency_Key="same"
        )
        return answer.status_code, answer.json.get("code", "")

    with ThreadPoolExecutor(16) as threads:
        answers = set(threads.map(send, range(16)))
    assert len(answers) == 1, answers
    assert answers.pop()[0] == 201
    assert len(booked(world_on_each)) == 1


def test_two_feeds_at_once_with_one_key_are_one_feed(world_on_each: World) -> None:
    def send(_number: int) -> str:
        body = {"scope": "site", "code": "DC-450"}
        answer = world_on_each.caller("donghoi").post("/feeds", body, Idempotency_Key="f")
        url: str = answer.json["url"]
        return url

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(send, range(8)))) == 1
    assert len(world_on_each.caller("donghoi").items("/feeds")) == 1


def test_a_key_used_for_something_else_is_refused(world: World) -> None:
    caller = world.caller("quantri")
    caller.post("/conferences", asked(), Idempotency_Key="k1")
    answer = caller.post("/conferences", asked(title="Khác"), Idempotency_Key="k1")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "Idempotency-Key"


def test_a_refused_call_may_be_sent_again_with_its_key(world: World) -> None:
    caller = world.caller("quantri")
    assert caller.post("/conferences", asked(title=""), Idempotency_Key="k").status_code == 422
    assert caller.post("/conferences", asked(), Idempotency_Key="k").status_code == 201


def test_revoking_twice_with_a_key_is_done_twice_alike(world: World) -> None:
    caller = world.caller("donghoi")
    made = caller.post("/feeds", {"scope": "person"}).json
    path = f"/feeds/{made['id']}"
    answers = [caller.send("DELETE", path, None, Idempotency_Key="d") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
