"""Signing in: one answer for every wrong try, a brake on guessing, sessions that end at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.access.models import User
from hub.accounts import views as accounts_views
from hub.accounts.attempts import ACCOUNT, ADDRESS, EXTENSION, KNOWN_COOKIE, _key
from hub.accounts.views import SESSION_COOKIE
from hub.audit.models import AuditEntry
from tests.web.conftest import FROM_HERE, PASSWORD, Post, SignIn, Write

WRONG = {"password": "khong phai mat khau"}
FOREIGN = [
    "//evil.example",
    "////evil.example",
    "/////evil.example",
    "/\\/evil.example",
    "http:////evil.example",
    "///evil.example",
    "https://evil.example/",
    "http:evil.example",
    "javascript:alert(1)",
    "\\\\evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    "evil.example",
    " https://evil.example",
    "https:/evil.example",
    "//user@evil.example",
    "//evil.example\\@quangbinh",
    "data:text/html,x",
    "",
]


def test_the_right_password_signs_in_and_goes_where_one_wanted(
    client: FlaskClient, post: Post
) -> None:
    answer = post(
        client, "/sign-in", {"username": "ThuKy", "password": PASSWORD, "next": "/units?q=le"}
    )
    assert (answer.status_code, answer.location) == (302, "/units?q=le")
    assert client.get("/account").status_code == 200


def test_the_session_cookie_is_out_of_reach_of_scripts(client: FlaskClient, post: Post) -> None:
    answer = post(client, "/sign-in", {"username": "thuky", "password": PASSWORD})
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith(SESSION_COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_the_session_cookie_is_secure_over_https(client: FlaskClient, post: Post) -> None:
    data = {"username": "thuky", "password": PASSWORD}
    answer = post(client, "/sign-in", data, environ_overrides={"wsgi.url_scheme": "https"})
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith(SESSION_COOKIE))
    assert "Secure" in cookie
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_an_unknown_name_a_wrong_password_and_a_closed_account_look_the_same(
    client: FlaskClient, post: Post, write: Write
) -> None:
    with write() as session:
        session.scalars(select(User).where(User.username == "donghoi")).one().is_active = False
    tries = {
        "khong-co-ai": WRONG["password"],
        "thuky": WRONG["password"],
        "donghoi": PASSWORD,
    }
    pages = set()
    for username, password in tries.items():
        answer = post(client, "/sign-in", {"username": username, "password": password})
        assert answer.status_code == 401
        body = answer.get_data(as_text=True).replace(username, "NAME")
        pages.add(body.split('<main id="content"')[1].split("csrf_token")[0])
    assert len(pages) == 1


def test_the_password_typed_never_comes_back(client: FlaskClient, post: Post) -> None:
    answer = post(client, "/sign-in", {"username": "thuky", **WRONG})
    assert WRONG["password"] not in answer.get_data(as_text=True)


def from_address(number: int) -> dict[str, str]:
    """The environment of a request from somewhere."""
    return {"REMOTE_ADDR": f"10.0.{number // 250}.{number % 250 + 1}"}


def test_guessing_at_one_account_is_slowed_down(client: FlaskClient, post: Post) -> None:
    statuses = [
        post(client, "/sign-in", {"username": "thuky", **WRONG}).status_code for _n in range(10)
    ]
    assert statuses == [401] * 8 + [429] * 2


def test_parallel_guesses_are_counted_before_the_first_is_answered(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_waits = Barrier(8)

    def slow(*_arguments: object) -> None:
        everybody_waits.wait(timeout=20)

    monkeypatch.setattr(accounts_views, "check_credentials", slow)
    app.config["WTF_CSRF_ENABLED"] = False

    def guess(_number: int) -> int:
        return app.test_client().post("/sign-in", data={"username": "thuky", **WRONG}).status_code

    with ThreadPoolExecutor(20) as guessers:
        statuses = list(guessers.map(guess, range(20)))

    assert sorted(statuses) == [401] * 8 + [429] * 12


def test_wrong_guesses_from_elsewhere_keep_nobody_out(client: FlaskClient, post: Post) -> None:
    right = {"username": "thuky", "password": PASSWORD}
    for _number in range(8):
        post(client, "/sign-in", {"username": "thuky", **WRONG}, environ_overrides=from_address(1))
    assert post(client, "/sign-in", right, environ_overrides=from_address(2)).status_code == 302


def test_a_browser_that_is_known_gets_in_while_the_whole_world_guesses(
    app: Flask, client: FlaskClient, post: Post
) -> None:
    right = {"username": "thuky", "password": PASSWORD}
    assert post(client, "/sign-in", right, environ_overrides=from_address(0)).status_code == 302
    client.delete_cookie(SESSION_COOKIE)
    stranger = app.test_client()
    with app.test_request_context(environ_overrides=from_address(0)):
        for item, key in (
            (ACCOUNT, ("account", _key("thuky"))),
            (ADDRESS, ("address", "10.0.0.1")),
        ):
            while app.extensions[EXTENSION].hit(item, *key):
                pass

    assert post(stranger, "/sign-in", right, environ_overrides=from_address(3)).status_code == 429
    other = {"username": "tructhe", "password": PASSWORD}
    assert post(stranger, "/sign-in", other, environ_overrides=from_address(0)).status_code == 429
    assert post(client, "/sign-in", right, environ_overrides=from_address(0)).status_code == 302


def test_a_known_browser_counts_as_one_however_its_cookie_is_spelt(
    client: FlaskClient, post: Post
) -> None:
    post(client, "/sign-in", {"username": "thuky", "password": PASSWORD})
    client.delete_cookie(SESSION_COOKIE)
    cookie = client.get_cookie(KNOWN_COOKIE)
    assert cookie is not None
    head, _dot, signature = cookie.value.rpartition(".")
    statuses = []
    for number in range(10):
        # Foreign letters are passed over when base64 is read; four keep its length right.
        spelt = f"{head}.{signature[:3]}{'!!!!' * number}{signature[3:]}"
        client.set_cookie(KNOWN_COOKIE, spelt)
        statuses.append(post(client, "/sign-in", {"username": "thuky", **WRONG}).status_code)
    assert statuses == [401] * 8 + [429] * 2


def test_a_browser_is_known_to_one_account_only_and_cannot_say_so_itself(
    client: FlaskClient, post: Post
) -> None:
    post(client, "/sign-in", {"username": "thuky", "password": PASSWORD})
    client.delete_cookie(SESSION_COOKIE)
    tries = [
        post(client, "/sign-in", {"username": "tructhe", **WRONG}).status_code for _n in range(9)
    ]
    assert tries[-1] == 429
    client.set_cookie(KNOWN_COOKIE, "made-up")
    assert post(client, "/sign-in", {"username": "tructhe", **WRONG}).status_code == 429


def test_an_account_that_does_not_exist_is_slowed_down_alike(
    client: FlaskClient, post: Post
) -> None:
    for _number in range(8):
        post(client, "/sign-in", {"username": "khong-co", **WRONG})
    last = post(client, "/sign-in", {"username": "KHONG-CO", **WRONG})
    assert last.status_code == 429
    assert int(last.headers["Retry-After"]) > 0
    assert "Thử quá nhiều lần" in last.get_data(as_text=True)


def test_many_may_sign_in_from_one_office(client: FlaskClient, post: Post) -> None:
    statuses = [
        post(client, "/sign-in", {"username": f"nguoi-{n}", **WRONG}).status_code for n in range(70)
    ]
    assert set(statuses) == {401}
    right = {"username": "thuky", "password": PASSWORD}
    assert post(client, "/sign-in", right).status_code == 302


def test_guessing_ones_own_present_password_is_slowed_down(sign_in: SignIn, post: Post) -> None:
    wrong = {"current": "khong dung", "password": "Mot mat khau moi 2026", "repeat": "x"}
    wrong["repeat"] = wrong["password"]
    browser = sign_in("thuky")
    statuses = [post(browser, "/account/password", wrong).status_code for _n in range(9)]
    assert statuses == [422] * 8 + [429]


def test_another_account_may_still_sign_in_from_another_address(
    client: FlaskClient, post: Post
) -> None:
    for _number in range(9):
        post(client, "/sign-in", {"username": "thuky", **WRONG})
    address = {"REMOTE_ADDR": "10.9.9.9"}
    data = {"username": "tructhe", "password": PASSWORD}
    assert post(client, "/sign-in", data, environ_overrides=address).status_code == 302


@pytest.mark.parametrize("target", FOREIGN)
def test_signing_in_never_leads_to_another_site(
    client: FlaskClient, post: Post, target: str
) -> None:
    data = {"username": "thuky", "password": PASSWORD, "next": target}
    location = post(client, "/sign-in", data).location
    parts = urlsplit(location)
    assert not parts.scheme
    assert not parts.netloc
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\", "/%09/", "/%5C"))


def test_a_form_without_csrf_token_is_refused(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"username": "thuky", "password": PASSWORD})
    assert answer.status_code == 400
    assert SESSION_COOKIE not in answer.headers.get("Set-Cookie", "")


def test_a_form_with_a_password_is_not_given_back_in_part(
    client: FlaskClient, sign_in: SignIn
) -> None:
    typed = {"username": "thuky", "password": PASSWORD}
    answer = client.post("/sign-in", data=typed, headers=FROM_HERE)
    assert answer.status_code == 400
    assert 'name="username" value="thuky"' not in answer.text
    change = {"current_password": PASSWORD, "password": "x", "note": "y"}
    lost = client.post("/account/password", data=change, headers=FROM_HERE)
    assert lost.status_code == 401
    assert PASSWORD not in lost.text


def test_a_button_pressed_without_a_session_asks_to_sign_in(client: FlaskClient) -> None:
    answer = client.post("/sign-out-everywhere", headers=FROM_HERE)
    assert answer.status_code == 401
    assert 'href="/sign-in"' in answer.text


def test_signing_out_everywhere_ends_the_other_browsers_too(sign_in: SignIn, post: Post) -> None:
    here, there, other = sign_in("thuky"), sign_in("thuky"), sign_in("tructhe")
    assert post(here, "/sign-out-everywhere").status_code == 302
    assert here.get("/account").location.startswith("/sign-in")
    assert there.get("/account").location.startswith("/sign-in")
    assert other.get("/account").status_code == 200


def test_signing_out_ends_the_session_on_the_server_too(
    app: Flask, sign_in: SignIn, post: Post
) -> None:
    browser = sign_in("thuky")
    cookie = browser.get_cookie(SESSION_COOKIE)
    assert cookie is not None
    post(browser, "/sign-out")
    thief = app.test_client()
    thief.set_cookie(SESSION_COOKIE, cookie.value)
    assert thief.get("/account").status_code == 302


def test_a_closed_account_is_out_at_once(
    sign_in: SignIn, post: Post, as_admin: FlaskClient
) -> None:
    browser = sign_in("donghoi")
    assert browser.get("/units").status_code == 200
    post(as_admin, "/users/donghoi/deactivate")
    assert browser.get("/units").status_code == 302


def test_who_is_signed_in_already_is_not_asked_again(sign_in: SignIn) -> None:
    answer = sign_in("thuky").get("/sign-in?next=/units")
    assert (answer.status_code, answer.location) == (302, "/units")


def test_every_try_leaves_a_trace(client: FlaskClient, post: Post, write: Write) -> None:
    post(client, "/sign-in", {"username": "thuky", **WRONG})
    post(client, "/sign-in", {"username": "thuky", "password": PASSWORD})
    with write() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["hub:account:refused", "hub:account:signed_in"]


def test_saved_theme_and_language_follow_the_person(sign_in: SignIn, post: Post) -> None:
    post(sign_in("thuky"), "/ui/preferences", {"theme": "dark", "locale": "en", "next": "/"})
    page = sign_in("thuky").get("/account").get_data(as_text=True)
    assert 'lang="en" data-theme="dark"' in page
