"""Accounts and tokens: what people do with their own, what administrators do with others'."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.access.models import User, UserRole
from hub.accounts.models import ApiToken, UserSession
from hub.accounts.services import add_user, check_credentials, find_user, grant_role
from hub.orgunits.queries import unit_by_code
from tests.web.conftest import PASSWORD, Post, SignIn, Write

NEW_PASSWORD = "mot cau dai de nho 2020"


@pytest.fixture
def district_admin(write: Write) -> str:
    """An administrator of Lệ Thủy alone."""
    with write() as session:
        user = add_user(session, username="admin457", full_name="Q Trị", password=NEW_PASSWORD)
        unit = unit_by_code(session, "457")
        assert unit is not None
        grant_role(session, user, "admin", unit)
    return "admin457"


def unit_id(write: Write, code: str) -> str:
    with write() as session:
        unit = unit_by_code(session, code)
        assert unit is not None
        return str(unit.id)


def roles_of(write: Write, username: str) -> set[tuple[str, str]]:
    with write() as session:
        user = find_user(session, username)
        assert user is not None
        return {(held.role, held.unit.code) for held in user.roles}


def test_a_new_account_can_sign_in_with_its_first_role(
    as_admin: FlaskClient, client: FlaskClient, post: Post, write: Write
) -> None:
    fields = {
        "username": "Moi.Vao",
        "full_name": "Người Mới",
        "password": NEW_PASSWORD,
        "role": "viewer",
        "unit": unit_id(write, "457"),
    }
    assert post(as_admin, "/users/new", fields).status_code == 302
    assert roles_of(write, "moi.vao") == {("viewer", "457")}
    data = {"username": "moi.vao", "password": NEW_PASSWORD}
    assert post(client, "/sign-in", data).status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("username", "thuky", 409),
        ("username", "có dấu", 422),
        ("username", "new", 422),
        ("password", "ngắn", 422),
        ("full_name", "", 422),
        ("email", "khong-phai-thu", 422),
        ("role", "superuser", 422),
        ("unit", "0", 422),
    ],
)
def test_a_wrong_new_account_is_not_made(
    as_admin: FlaskClient, post: Post, write: Write, field: str, value: str, status: int
) -> None:
    fields = {
        "username": "moi",
        "full_name": "Người Mới",
        "password": NEW_PASSWORD,
        "role": "viewer",
        "unit": unit_id(write, "457"),
        field: value,
    }
    answer = post(as_admin, "/users/new", fields)
    assert answer.status_code == status
    assert NEW_PASSWORD not in answer.get_data(as_text=True)
    with write() as session:
        assert find_user(session, "moi") is None


def test_roles_are_given_and_taken_and_taking_signs_out(
    as_admin: FlaskClient, sign_in: SignIn, post: Post, write: Write
) -> None:
    fields = {"role": "operator", "unit": unit_id(write, "450")}
    post(as_admin, "/users/donghoi/roles", fields)
    assert roles_of(write, "donghoi") == {("viewer", "450"), ("operator", "450")}
    browser = sign_in("donghoi")
    with write() as session:
        user = find_user(session, "donghoi")
        assert user is not None
        role_id = next(held.id for held in user.roles if held.role == "operator")
    post(as_admin, f"/users/donghoi/roles/{role_id}/revoke")
    assert roles_of(write, "donghoi") == {("viewer", "450")}
    assert browser.get("/account").status_code == 302


def test_an_administrator_cannot_lock_themselves_out(
    as_admin: FlaskClient, post: Post, write: Write
) -> None:
    with write() as session:
        role = session.scalars(select(UserRole).where(UserRole.role == "admin")).one()
    assert post(as_admin, "/users/quantri/deactivate").status_code == 409
    assert post(as_admin, f"/users/quantri/roles/{role.id}/revoke").status_code == 409
    assert as_admin.get("/users").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/users/lethuy", 200),
        ("/users/donghoi", 404),
        ("/users/quantri", 404),
        ("/users/thuky/edit", 404),
    ],
)
def test_a_district_administrator_sees_the_people_of_the_district(
    sign_in: SignIn, district_admin: str, path: str, status: int
) -> None:
    assert sign_in(district_admin).get(path).status_code == status


def test_a_district_administrator_cannot_reach_beyond_the_district(
    sign_in: SignIn, district_admin: str, post: Post, write: Write
) -> None:
    browser = sign_in(district_admin)
    province = {"role": "admin", "unit": unit_id(write, "44")}
    assert post(browser, f"/users/{district_admin}/roles", province).status_code == 422
    assert post(browser, "/users/quantri/password", {"password": NEW_PASSWORD}).status_code == 404
    assert roles_of(write, district_admin) == {("admin", "457")}
    page = browser.get("/users").get_data(as_text=True)
    assert "Lê Thị Thu Hà" in page
    assert "Hoàng Thị Thanh Nga" not in page


def test_an_account_that_reaches_further_may_be_seen_but_not_changed(
    sign_in: SignIn, district_admin: str, post: Post, write: Write
) -> None:
    with write() as session:
        user, unit = find_user(session, "donghoi"), unit_by_code(session, "19249")
        assert user is not None
        assert unit is not None
        grant_role(session, user, "viewer", unit)
    browser = sign_in(district_admin)
    assert browser.get("/users/donghoi").status_code == 200
    assert post(browser, "/users/donghoi/password", {"password": NEW_PASSWORD}).status_code == 403
    assert post(browser, "/users/donghoi/deactivate").status_code == 403


def test_changing_my_password_needs_the_old_one_and_ends_other_browsers(
    sign_in: SignIn, post: Post, write: Write
) -> None:
    here, there = sign_in("thuky"), sign_in("thuky")
    fields = {"current": "sai", "password": NEW_PASSWORD, "repeat": NEW_PASSWORD}
    assert post(here, "/account/password", fields).status_code == 422
    fields["current"] = PASSWORD
    assert post(here, "/account/password", fields).status_code == 302
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    with write() as session:
        assert check_credentials(session, "thuky", NEW_PASSWORD) is not None
        assert check_credentials(session, "thuky", PASSWORD) is None


def test_my_profile_takes_no_field_that_is_not_mine_to_set(
    sign_in: SignIn, post: Post, write: Write
) -> None:
    fields = {
        "title": "Chuyên viên",
        "phone": "0232 000",
        "locale": "vi",
        "theme": "dark",
        "username": "quantri2",
        "full_name": "Kẻ Khác",
        "email": "ke.khac@example.vn",
        "is_active": "",
        "role": "admin",
    }
    assert post(sign_in("thuky"), "/account/profile", fields).status_code == 302
    with write() as session:
        user = find_user(session, "thuky")
    assert user is not None
    assert (user.title, user.theme, user.full_name) == ("Chuyên viên", "dark", "Trần Thị Minh Hằng")
    assert roles_of(write, "thuky") == {("secretary", "44")}


def test_one_browser_can_be_signed_out_but_not_somebody_elses(
    sign_in: SignIn, post: Post, write: Write
) -> None:
    here, there, other = sign_in("thuky"), sign_in("thuky"), sign_in("tructhe")
    with write() as session:
        rows = session.scalars(select(UserSession).order_by(UserSession.id)).all()
    assert post(here, f"/account/sessions/{rows[-1].id}/end").status_code == 404
    assert post(here, f"/account/sessions/{rows[-2].id}/end").status_code == 302
    assert there.get("/account").status_code == 302
    assert other.get("/account").status_code == 200


def test_a_token_is_shown_once_and_stored_as_a_hash(
    sign_in: SignIn, post: Post, write: Write
) -> None:
    browser = sign_in("thuky")
    answer = post(browser, "/tokens", {"label": "Cổng thông tin", "scope": "read"})
    assert answer.status_code == 201
    found = re.search(r'class="secret"[^>]*>(nc_[\w-]+)<', answer.get_data(as_text=True))
    assert found is not None
    assert found[1] not in browser.get("/tokens").get_data(as_text=True)
    with write() as session:
        row = session.scalars(select(ApiToken)).one()
    assert found[1] not in (row.token_hash, row.label, row.prefix)


def test_a_token_of_somebody_else_can_only_be_revoked_by_their_administrator(
    sign_in: SignIn, as_admin: FlaskClient, post: Post, write: Write
) -> None:
    post(sign_in("thuky"), "/tokens", {"label": "Việc", "scope": "write"})
    with write() as session:
        token = session.scalars(select(ApiToken)).one()
    assert post(sign_in("tructhe"), f"/tokens/{token.id}/revoke").status_code == 404
    assert "Việc" not in sign_in("tructhe").get("/tokens?of=all").get_data(as_text=True)
    assert "Việc" in as_admin.get("/tokens?of=all").get_data(as_text=True)
    assert post(as_admin, f"/tokens/{token.id}/revoke").status_code == 302
    with write() as session:
        assert session.scalars(select(ApiToken)).one().revoked_at is not None


def test_a_token_that_ended_yesterday_is_not_made(sign_in: SignIn, post: Post) -> None:
    fields = {"label": "Việc", "scope": "read", "expires_on": "2020-01-01"}
    assert post(sign_in("thuky"), "/tokens", fields).status_code == 422


def test_closed_accounts_are_listed_apart(as_admin: FlaskClient, post: Post, write: Write) -> None:
    post(as_admin, "/users/donghoi/deactivate")
    assert "Kim Oanh" not in as_admin.get("/users").get_data(as_text=True)
    assert "Kim Oanh" in as_admin.get("/users?state=closed").get_data(as_text=True)
    post(as_admin, "/users/donghoi/activate")
    with write() as session:
        assert session.scalars(select(User).where(User.username == "donghoi")).one().is_active


def test_people_are_found_without_diacritics_and_by_role(as_admin: FlaskClient) -> None:
    assert "Đặng Quốc Bảo" in as_admin.get("/users?q=dang quoc").get_data(as_text=True)
    page = as_admin.get("/users?role=leader").get_data(as_text=True)
    assert "Trần Đình Khoa" in page
    assert "Đặng Quốc Bảo" not in page


def test_a_token_shows_when_it_was_last_used(
    client: FlaskClient, sign_in: SignIn, post: Post, write: Write
) -> None:
    page = post(sign_in("thuky"), "/tokens", {"label": "Việc", "scope": "read"})
    found = re.search(r"nc_[\w-]{40,}", page.get_data(as_text=True))
    assert found is not None
    client.get("/api/v1/units", headers={"Authorization": f"Bearer {found[0]}"})
    with write() as session:
        assert session.scalars(select(ApiToken)).one().last_used_at is not None
