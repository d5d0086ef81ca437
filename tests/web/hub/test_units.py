"""Pages of the units: the tree, one unit, correcting it, importing a file in two steps."""

import io
import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from hub.access.models import OrgUnit
from hub.audit.models import AuditEntry
from hub.orgunits.queries import unit_by_code
from hub.orgunits.reform import apply_reform
from hub.orgunits.seed import UNITS_2020
from tests.web.conftest import Post, SignIn, Write

HEADER = "level,code,parent_code,name,lon,lat\n"
GOOD = HEADER + "commune,99001,457,Xã Mới,106.8,17.2\ncommune,19264,457,Xã An Thủy Đông,,\n"
BAD_FILES = {
    "unknown level": ("village,99001,457,Xã Mới,,\n", "Không có cấp"),
    "no parent": ("commune,99001,999,Xã Mới,,\n", "Không có đơn vị cấp trên mang mã 999"),
    "no parent given": ("commune,99001,,Xã Mới,,\n", "Cần mã đơn vị cấp trên"),
    "own parent": ("commune,99001,99001,Xã Mới,,\n", "Đơn vị không thể là cấp trên của mình"),
    "parent below": ("district,99001,19264,Huyện Mới,,\n", "không ở cấp cao hơn"),
    "twice": ("commune,99001,457,A,,\ncommune,99001,457,B,,\n", "đã có ở dòng 2"),
    "bad number": ("commune,99001,457,Xã Mới,xa,17\n", "không phải số độ"),
    "not a number": ("commune,99001,457,Xã Mới,nan,17\n", "không phải số độ"),
    "off the globe": ("commune,99001,457,Xã Mới,106,91\n", "không phải số độ"),
    "half a point": ("commune,99001,457,Xã Mới,106,\n", "Cần cả kinh độ và vĩ độ"),
    "no name": ("commune,99001,457, ,,\n", "Không được để trống"),
    "too long": (f"commune,99001,457,{'x' * 121},,\n", "Dài hơn 120 ký tự"),
    "missing cell": ("commune,99001,457,Xã Mới\n", "Có 4 ô, cần 6 ô"),
    "open quote": ('commune,99001,457,"Xã Mới,,\n', "Không đọc được CSV"),
}


def upload(post: Post, browser: FlaskClient, content: str | bytes, day: str = "") -> TestResponse:
    raw = content if isinstance(content, bytes) else content.encode()
    fields = {"file": (io.BytesIO(raw), "units.csv"), "valid_from": day or "2026-01-01"}
    answer = post(browser, "/units/import", fields, content_type="multipart/form-data")
    # The test browser keeps a large body in a file of its own and leaves it open.
    answer.request.environ["wsgi.input"].close()
    return answer


def hidden(page: str) -> dict[str, str]:
    """Read the hidden fields of the form that applies."""
    form = page.split('action="/units/import/apply"')[1]
    return dict(re.findall(r'name="(content|on|signature)" value="([^"]*)"', form))


def count_units(write: Write) -> int:
    with write() as session:
        return session.scalar(select(func.count()).select_from(OrgUnit)) or 0


def test_the_tree_shows_the_whole_province_with_counts(as_admin: FlaskClient) -> None:
    page = as_admin.get("/units").get_data(as_text=True)
    assert "Huyện Lệ Thủy" in page
    assert "159 đơn vị" in page


def test_a_district_sees_its_own_part_only(sign_in: SignIn) -> None:
    browser = sign_in("lethuy")
    page = browser.get("/units").get_data(as_text=True)
    assert "Thị trấn Kiến Giang" in page
    assert "Thành phố Đồng Hới" not in page
    assert browser.get("/units/19249").status_code == 200
    assert browser.get("/units/450").status_code == 404
    assert browser.get("/units/44").status_code == 404


def test_search_needs_no_diacritics_and_tells_namesakes_apart(as_admin: FlaskClient) -> None:
    page = as_admin.get("/units?q=quang phu").get_data(as_text=True)
    assert "<mark>Xã Quang Phú</mark>" in page
    assert "<mark>Xã Quảng Phú</mark>" in page
    assert "Thành phố Đồng Hới" in page
    assert "Huyện Lệ Thủy" not in page


def test_a_correction_is_saved_and_recorded_with_what_was_before(
    as_admin: FlaskClient, post: Post, write: Write
) -> None:
    fields = {"name": "  Xã An Thủy\u0000 ", "lat": "17.25", "lon": "106.75"}
    assert post(as_admin, "/units/19264/edit", fields).status_code == 302
    with write() as session:
        unit = unit_by_code(session, "19264")
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert unit is not None
    assert (unit.name, unit.lat, unit.lon) == ("Xã An Thủy", 17.25, 106.75)
    assert entry is not None
    assert entry.action == "hub:unit:edited"
    assert entry.detail["before"]["lat"] != 17.25


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "lat": "", "lon": ""},
        {"name": "x" * 121, "lat": "", "lon": ""},
        {"name": "Xã A", "lat": "95", "lon": "106"},
        {"name": "Xã A", "lat": "17", "lon": ""},
        {"name": "Xã A", "lat": "nan", "lon": "nan"},
    ],
)
def test_a_wrong_correction_changes_nothing(
    as_admin: FlaskClient, post: Post, write: Write, fields: dict[str, str]
) -> None:
    assert post(as_admin, "/units/19264/edit", fields).status_code == 422
    with write() as session:
        unit = unit_by_code(session, "19264")
    assert unit is not None
    assert unit.name == "Xã An Thủy"


def test_preview_changes_nothing_and_apply_does_what_was_shown(
    as_admin: FlaskClient, post: Post, write: Write
) -> None:
    before = count_units(write)
    preview = upload(post, as_admin, GOOD)
    page = preview.get_data(as_text=True)
    assert preview.status_code == 200
    assert "Xã Mới" in page
    assert "<del>Xã An Thủy</del>" in page
    assert count_units(write) == before
    applied = post(as_admin, "/units/import/apply", hidden(page))
    assert applied.status_code == 302
    with write() as session:
        new, changed = unit_by_code(session, "99001"), unit_by_code(session, "19264")
        district = unit_by_code(session, "457")
    assert new is not None
    assert changed is not None
    assert district is not None
    assert new.path == f"{district.path}{new.id}/"
    assert new.valid_from == date(2026, 1, 1)
    assert changed.name == "Xã An Thủy Đông"
    assert changed.lat is not None


def test_our_own_file_is_found_to_be_the_same(as_admin: FlaskClient, post: Post) -> None:
    page = upload(post, as_admin, UNITS_2020.read_bytes()).get_data(as_text=True)
    assert "giống hệt" in page
    assert "/units/import/apply" not in page


@pytest.mark.parametrize(("lines", "sentence"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_wrong_line_is_named_and_nothing_is_applied(
    as_admin: FlaskClient, post: Post, write: Write, lines: str, sentence: str
) -> None:
    before = count_units(write)
    answer = upload(post, as_admin, HEADER + lines)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert "/units/import/apply" not in answer.get_data(as_text=True)
    assert count_units(write) == before


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Chọn một tệp CSV"),
        (b"level,code\n", "Thiếu cột: name"),
        (HEADER.encode("utf-16"), "không phải UTF-8"),
        ("Xã Mới".encode("cp1258", "replace") + b"\xff\xfe", "không phải UTF-8"),
        (b"#" * (512 * 1024 + 1), "lớn hơn 512 KB"),
    ],
)
def test_a_file_that_is_no_table_of_units_is_refused(
    as_admin: FlaskClient, post: Post, content: bytes, sentence: str
) -> None:
    answer = upload(post, as_admin, content)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_a_preview_that_no_longer_fits_is_shown_again(
    as_admin: FlaskClient, post: Post, write: Write
) -> None:
    fields = hidden(upload(post, as_admin, GOOD).get_data(as_text=True))
    with write() as session:
        unit = unit_by_code(session, "19264")
        assert unit is not None
        unit.name = "Xã Tên Khác"
    answer = post(as_admin, "/units/import/apply", fields)
    assert answer.status_code == 409
    assert "đã thay đổi" in answer.get_data(as_text=True)
    with write() as session:
        assert unit_by_code(session, "99001") is None


@pytest.mark.parametrize("field", ["content", "signature", "on"])
def test_a_forged_field_applies_nothing(
    as_admin: FlaskClient, post: Post, write: Write, field: str
) -> None:
    fields = hidden(upload(post, as_admin, GOOD).get_data(as_text=True))
    forged = {"content": "eJwDAAAAAAE=", "signature": "0" * 64, "on": "2026-01-02"}[field]
    post(as_admin, "/units/import/apply", {**fields, field: forged})
    with write() as session:
        assert unit_by_code(session, "99001") is None


def test_hostile_names_are_shown_as_text(as_admin: FlaskClient, post: Post) -> None:
    name = "<img src=x onerror=alert(1)>"
    page = upload(post, as_admin, f"{HEADER}commune,99001,457,{name},,\n").get_data(as_text=True)
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_every_page_answers_in_two_tiers_too(app: Flask, sign_in: SignIn, write: Write) -> None:
    with write() as session:
        apply_reform(session, date(2025, 7, 1))
    for username in ("quantri", "lethuy"):
        browser = sign_in(username)
        pages = [
            rule.rule
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and not rule.arguments
        ]
        broken = [
            page for page in pages if page != "/readyz" and browser.get(page).status_code >= 500
        ]
        assert broken == []
    page = sign_in("quantri").get("/units").get_data(as_text=True)
    assert "Tỉnh Quảng Trị" in page
    assert "huyện, thị xã" not in page
    old = sign_in("quantri").get("/units/457?on=2020-10-19")
    assert old.status_code in {200, 404}
