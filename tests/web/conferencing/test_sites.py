"""Sites and saved groups: seen inside one's area, kept by those who may."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from conferencing.models import Site, SiteGroup
from hub.clock import now
from hub.contracts.sites import SITE_CONDITIONS, SiteCondition
from hub.orgunits.queries import unit_ref
from tests.web.conferencing.province import book_one, furnish
from tests.web.conftest import FROM_HERE, Post, SignIn, Write


@pytest.fixture
def secretary(write: Write, sign_in: SignIn) -> FlaskClient:
    """A secretary of the province, with a few sites."""
    with write() as session:
        furnish(session)
    return sign_in("thuky")


def text_of(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


SITE = {
    "code": "DC-457",
    "name": "UBND huyện Lệ Thủy",
    "unit": "",
    "seats": "40",
    "technician_name": "Lê Quang Vinh",
    "technician_phone": "0900 000 214",
    "carrier": "VNPT",
    "line_kbps": "50000",
    "readiness": "testing",
    "note": "Máy phát 3 giờ",
    "is_active": "y",
}


def site_data(write: Write, of: str = "DC-457", **changes: str) -> dict[str, str]:
    with write() as session:
        unit = session.scalars(select(Site).where(Site.code == of)).one().unit
        return {**SITE, "unit": unit_ref(unit), **changes}


def test_sites_stand_under_their_unit_and_are_found_without_accents(
    secretary: FlaskClient,
) -> None:
    page = text_of(secretary, "/sites")
    assert "5 điểm cầu" in page
    assert page.index("Tỉnh Quảng Bình") < page.index("Huyện Lệ Thủy")
    assert "DC-450" not in text_of(secretary, "/sites?q=le+thuy").split("<tbody>")[1]
    assert "Không có điểm cầu nào khớp" in text_of(secretary, "/sites?q=zzz")


def test_a_state_filter_counts_and_narrows(app: Flask, secretary: FlaskClient) -> None:
    lost = SiteCondition("DC-450", "line_lost", now(), "4G dự phòng")
    SITE_CONDITIONS.offer(app, lambda _session, _codes: {"DC-450": lost})
    page = text_of(secretary, "/sites?state=line_lost")
    rows = page.split("<tbody>")[1]
    assert "DC-450" in rows
    assert "DC-457" not in rows
    assert "4G dự phòng" in text_of(secretary, "/sites/DC-450")


def test_a_district_sees_its_own_sites_alone(secretary: FlaskClient, sign_in: SignIn) -> None:
    browser = sign_in("donghoi")
    assert "DC-457" not in text_of(browser, "/sites")
    assert browser.get("/sites/DC-450").status_code == 200
    assert browser.get("/sites/DC-457").status_code == 404
    assert browser.get("/sites/DC-450/edit").status_code == 403


def test_a_site_names_what_it_takes_part_in(
    secretary: FlaskClient, write: Write, sign_in: SignIn
) -> None:
    with write() as session:
        booked = book_one(session)
    assert booked.code in text_of(secretary, "/sites/DC-457")
    assert booked.code not in text_of(secretary, "/sites/DC-450")
    # A room is shared: others' conferences in it stay theirs.
    assert booked.code not in text_of(sign_in("donghoi"), "/rooms/P1")


def test_a_site_is_kept_up_to_date(secretary: FlaskClient, post: Post, write: Write) -> None:
    answer = post(secretary, "/sites/DC-457/edit", site_data(write))
    assert answer.status_code == 303
    page = text_of(secretary, "/sites/DC-457")
    assert "Lê Quang Vinh" in page
    assert "Đang thử" in page
    assert "50 Mbps" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"seats": "nhiều"}, "seats"),
        ({"name": ""}, "name"),
        ({"code": "DC-450"}, "code"),
        ({"email": "khong-phai-thu"}, "email"),
        ({"line_kbps": "-5"}, "line_kbps"),
        ({"readiness": "unknown"}, "readiness"),
        ({"unit": "commune:999999"}, "unit"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_the_rest_kept(
    secretary: FlaskClient, post: Post, write: Write, changes: dict[str, str], field: str
) -> None:
    refused = post(secretary, "/sites/DC-457/edit", site_data(write, **changes))
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in page
    assert "Máy phát 3 giờ" in page


def test_everything_wrong_is_said_in_one_round_a_taken_code_too(
    secretary: FlaskClient, post: Post, write: Write
) -> None:
    typed = site_data(write, code="DC-450", seats="nhiều", email="khong-phai-thu", unit="x")
    refused = post(secretary, "/sites/new", typed)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert re.findall(r'id="(\w+)-error"', page) == ["code", "unit", "seats", "email"]
    assert "Hãy chọn một mục trong danh sách." in page
    with write() as session:
        assert session.scalars(select(Site).where(Site.code == "DC-450")).one().seats != 40


def test_what_is_wrong_with_a_group_is_marked_at_its_box(
    secretary: FlaskClient, post: Post
) -> None:
    refused = post(secretary, "/groups/new", {"name": "", "unit": "x", "sites": []})
    page = refused.get_data(as_text=True)
    assert re.findall(r'id="(\w+)-error"', page) == ["name", "unit", "sites"]


def test_a_lost_session_gives_back_what_was_typed(
    client: FlaskClient, secretary: FlaskClient, write: Write
) -> None:
    typed = site_data(write)
    answer = client.post("/sites/DC-457/edit", data=typed, headers=FROM_HERE)
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 401
    assert 'action="/sites/DC-457/edit"' in page
    for name, value in typed.items():
        assert f'name="{name}" value="{value}"' in page
    # Signed in again, the old token is still of the lost session: one press more, nothing lost.
    again = secretary.post("/sites/DC-457/edit", data=typed, headers=FROM_HERE)
    assert again.status_code == 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', again.get_data(as_text=True))
    assert token is not None
    sent = secretary.post("/sites/DC-457/edit", data={**typed, "csrf_token": token[1]})
    assert sent.status_code == 303


def test_no_other_page_lays_words_into_a_form_of_ours(
    client: FlaskClient, secretary: FlaskClient, write: Write
) -> None:
    typed = site_data(write)
    for browser in (client, secretary):
        for origin in ("https://elsewhere.example", "null", ""):
            headers = {"Origin": origin} if origin else {}
            answer = browser.post("/sites/DC-457/edit", data=typed, headers=headers)
            assert answer.status_code in (400, 401)
            assert "Lê Quang Vinh" not in answer.get_data(as_text=True)


def test_a_new_site_is_added_inside_ones_area_only(
    secretary: FlaskClient, post: Post, write: Write, sign_in: SignIn
) -> None:
    data = site_data(write, code="DC-moi", name="Điểm cầu mới")
    assert post(sign_in("lethuy"), "/sites/new", data).status_code == 303
    foreign = site_data(write, "DC-450", code="DC-khac", name="Điểm cầu khác")
    foreign["unit"] = site_data(write, "DC-450")["unit"]
    assert post(sign_in("lethuy"), "/sites/new", foreign).status_code == 422


def test_a_group_is_made_changed_and_deleted(
    secretary: FlaskClient, post: Post, write: Write
) -> None:
    home = site_data(write, "DC-44")["unit"]
    data = {"name": "Giao ban 8 huyện", "unit": home, "sites": ["DC-450", "DC-457"]}
    assert post(secretary, "/groups/new", data).status_code == 303
    with write() as session:
        number = session.scalars(select(SiteGroup.id)).one()
    assert "checked" in text_of(secretary, f"/groups/{number}")
    assert post(secretary, f"/groups/{number}", {**data, "sites": []}).status_code == 422
    assert post(secretary, "/groups/new", {**data, "unit": "x"}).status_code in (404, 422)
    assert "Giao ban 8 huyện" in text_of(secretary, "/groups")
    assert post(secretary, f"/groups/{number}/delete").status_code == 303
    with write() as session:
        assert session.scalars(select(SiteGroup)).all() == []


def test_a_group_of_a_unit_above_is_used_but_not_changed(
    secretary: FlaskClient, post: Post, write: Write, sign_in: SignIn
) -> None:
    home = site_data(write, "DC-44")["unit"]
    data = {"name": "Giao ban", "unit": home, "sites": ["DC-457"]}
    post(secretary, "/groups/new", data)
    with write() as session:
        number = session.scalars(select(SiteGroup.id)).one()
    below = sign_in("lethuy")
    assert "Giao ban" in text_of(below, "/groups")
    assert post(below, f"/groups/{number}/delete").status_code in (403, 404)
    assert post(below, f"/groups/{number}", data).status_code in (403, 404)


def test_all_sites_are_folded_by_district_until_something_narrows_them(
    write: Write, sign_in: SignIn
) -> None:
    with write() as session:
        furnish(session, every_unit=True)
    browser = sign_in("thuky")
    assert text_of(browser, "/sites").count('<details class="district"') == 9
    assert '<details class="district" id="unit-457" open>' in text_of(browser, "/sites?open=457")
    assert '<details class="district"' not in text_of(browser, "/sites?q=thuy")
    # Twenty-seven sites of one district need no fold.
    assert '<details class="district"' not in text_of(sign_in("lethuy"), "/sites")
