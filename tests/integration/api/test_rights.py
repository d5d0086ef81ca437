"""What lies outside a caller's area does not exist for them; a read token changes nothing."""

import re
from typing import Any

import pytest

from hub.api.operation import OPERATIONS
from tests.integration.api.world import World

LISTS = (
    "/units",
    "/sites",
    "/conferences",
    "/occurrences",
    "/pending-answers",
    "/devices",
    "/detections",
    "/alerts",
    "/journal",
    "/availability?from=2020-10-01T00:00:00Z&to=2020-10-02T00:00:00Z",
)
UNSAFE = [each for each in OPERATIONS if each.is_unsafe]
FOREIGN = re.compile(r"457|Lệ Thủy|1927[0-9]")


def one_of_each(world: World) -> dict[str, str]:
    """Return the paths of Lệ Thủy's own things, as an administrator finds them."""
    admin = world.caller("quantri")

    def found(path: str, of: str) -> list[dict[str, Any]]:
        return [item for item in admin.items(path) if of in str(item)]

    conference = found("/conferences?unit=457", "Lệ Thủy")[0]
    occurrence = admin.items(f"/occurrences?conference={conference['code']}")[0]
    alert = found("/alerts?unit=457", "CB-457")[0]
    device = found("/devices?unit=457", "may-457")[0]
    detection = found("/detections?unit=457", "may-457")[0]
    site = admin.get("/sites/DC-457").json
    return {
        "/units/457": "unit",
        "/sites/DC-457": "site by code",
        f"/sites/{site['id']}": "site by id",
        f"/conferences/{conference['code']}": "conference by code",
        f"/conferences/{conference['id']}": "conference by id",
        f"/occurrences/{occurrence['id']}": "occurrence",
        f"/alerts/{alert['code']}": "alert by code",
        f"/alerts/{alert['id']}": "alert by id",
        f"/devices/{device['code']}": "device by code",
        f"/devices/{device['id']}": "device by id",
        f"/detections/{detection['id']}": "detection",
    }


def test_a_viewer_of_dong_hoi_finds_nothing_of_le_thuy_in_any_list(world: World) -> None:
    caller = world.caller("donghoi")
    for path in LISTS:
        items = caller.items(path)
        assert items or path == "/journal", f"{path} shows nothing at all"
        assert not [item for item in items if FOREIGN.search(str(item))], path


def test_nor_by_code_or_id(world: World) -> None:
    admin, viewer = world.caller("quantri"), world.caller("donghoi")
    for path, what in one_of_each(world).items():
        assert admin.get(path).status_code == 200, what
        assert viewer.get(path).status_code == 404, what


@pytest.mark.parametrize(
    "query",
    ["/sites?unit=457", "/alerts?unit=457", "/devices?unit=district:457", "/units?unit=457"],
)
def test_a_filter_by_a_foreign_unit_is_a_unit_that_does_not_exist(world: World, query: str) -> None:
    answer = world.caller("donghoi").get(query)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "unit"


def test_readings_of_a_foreign_device_are_not_found(world: World) -> None:
    assert world.caller("donghoi").get("/observations?device=may-457").status_code == 404
    assert len(world.caller("donghoi").items("/observations?device=may-450")) == 3


def test_a_district_books_its_own_sites_only(world: World) -> None:
    caller = world.caller("lethuy")
    body = {"title": "Họp", "starts_at": "2099-01-05T08:00:00+07:00"}
    body["ends_at"] = "2099-01-05T09:00:00+07:00"
    refused = caller.post("/conferences", {**body, "sites": ["DC-450"]})
    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"] == "sites"
    assert caller.post("/conferences", {**body, "sites": ["DC-457"]}).status_code == 201


def filled(path: str) -> str:
    """Return a path with something in every gap."""
    return re.sub(r"<id:[a-z_]+>", "1", re.sub(r"<code:[a-z_]+>", "DC-450", path))


def test_no_unsafe_operation_is_open_to_a_read_token(world: World) -> None:
    caller = world.caller("quantri:read")
    for described in UNSAFE:
        answer = caller.send(described.method, filled(described.path), {})
        assert answer.status_code == 403, described.name


def test_no_operation_is_open_without_a_token(world: World) -> None:
    client = world.app.test_client()
    for described in OPERATIONS:
        answer = client.open("/api/v1" + filled(described.path), method=described.method)
        assert answer.status_code == 401, described.name
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_language_is_the_one_asked_for(world: World) -> None:
    caller = world.caller("quantri")
    assert caller.get("/sites/none").json["detail"].startswith("Không tìm thấy")
    assert caller.get("/sites/none", Accept_Language="vi").json["status"] == 404


def test_a_district_reads_the_letters_to_its_own_sites_alone(world_on_each: World) -> None:
    body = {"title": "Họp", "starts_at": "2099-01-05T08:00:00+07:00", "sites": ["DC-450", "DC-457"],
            "ends_at": "2099-01-05T09:00:00+07:00",
            "attendees": [{"email": "khach@quangbinh.example"}]}  # fmt: skip
    admin = world_on_each.caller("quantri")
    code = admin.post("/conferences", body).json["code"]
    path = f"/conferences/{code}/letters"
    assert len(admin.items(path)) == 3
    own = world_on_each.caller("lethuy").items(path)
    assert [letter["to_email"] for letter in own] == ["diemcau.457@quangbinh.example"]
    alone = admin.items("/conferences?unit=457&q=hop+rieng+cua+huyen")[0]["code"]
    assert world_on_each.caller("donghoi").get(f"/conferences/{alone}/letters").status_code == 404
