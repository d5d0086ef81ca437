"""What an attacker tried once: each stays refused."""

import stat
import time
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.access.actor import actor_of
from hub.accounts.people import give_role
from hub.accounts.services import add_user, find_user, grant_role
from hub.db import db, read_session
from hub.errors import NotFound
from hub.live import backpressure, connection_gate
from hub.live.connection_gate import most_connections
from hub.live.rooms import socketio
from hub.main.app import create_app
from hub.orgunits.queries import unit_by_code
from tests.web.conftest import PASSWORD, Post, SignIn, Write, settings_for

KNOCK = "/socket.io/?EIO=4&transport=polling"


@pytest.mark.parametrize(
    "address",
    ["/units/%00", "/conferences/a%00b/edit", "/users?q=%00", "/audit.csv?person=a%00", "/?%00=1"],
)
def test_a_nul_in_an_address_is_a_bad_request(as_admin: FlaskClient, address: str) -> None:
    assert as_admin.get(address).status_code == 400


@pytest.mark.parametrize("target", ["/x\r\nSet-Cookie: a=b", "/\t\\evil.example", "/\x0b/x"])
def test_a_way_back_with_control_characters_leads_home(
    as_admin: FlaskClient, post: Post, target: str
) -> None:
    answer = post(as_admin, "/ui/preferences", {"next": target, "theme": "dark"})
    assert (answer.status_code, answer.location) == (302, "/")
    assert as_admin.get("/sign-in", query_string={"next": target}).location == "/"


@pytest.mark.parametrize("page", ["/alerts", "/devices", "/dead-letters", "/quarantine"])
def test_filters_of_a_page_give_no_orders_to_its_links(as_admin: FlaskClient, page: str) -> None:
    orders = {"_method": "POST", "endpoint": "x", "_scheme": "javascript", "_external": "1"}
    answer = as_admin.get(page, query_string=orders)
    assert answer.status_code == 200
    assert "localhost" not in answer.text


def test_a_live_connection_is_refused_before_it_takes_a_thread(client: FlaskClient) -> None:
    assert client.get(KNOCK).status_code == 401


def test_who_is_signed_in_may_open_a_live_connection(sign_in: SignIn) -> None:
    assert sign_in("donghoi").get(KNOCK).status_code == 200


def test_one_person_opens_only_so_many_live_connections(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_gate, "MOST_OF_ONE_PERSON", 1)
    socketio.server.environ.clear()
    # It never joins the namespace, and counts all the same.
    assert sign_in("donghoi").get(KNOCK).status_code == 200
    assert sign_in("donghoi").get(KNOCK).status_code == 429
    assert sign_in("lethuy").get(KNOCK).status_code == 200


@pytest.mark.parametrize("why", ["never joined", "signed out everywhere"])
def test_a_bare_connection_is_closed(
    app: Flask, sign_in: SignIn, post: Post, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    socketio.server.environ.clear()
    browser = sign_in("donghoi")
    assert browser.get(KNOCK).status_code == 200
    [eio_sid] = socketio.server.environ
    watcher = backpressure.Backpressure(app.extensions["hub_live"])
    with app.app_context():
        watcher.close_bare(read_session(), time.monotonic())
        assert eio_sid in socketio.server.eio.sockets, "it may still join"
    if why == "never joined":
        monkeypatch.setattr(backpressure, "JOIN_SECONDS", 0.0)
    else:
        post(browser, "/sign-out-everywhere")
    with app.app_context():
        watcher.close_bare(read_session(), time.monotonic() + 0.1)
    assert eio_sid not in socketio.server.eio.sockets


@pytest.mark.parametrize("since", [-(10**30), -1, 10**30])
def test_a_resume_from_nowhere_is_answered_by_a_snapshot_or_the_gap(
    app: Flask, sign_in: SignIn, since: int
) -> None:
    browser = sign_in("donghoi")
    live = socketio.test_client(app, namespace="/ops", flask_test_client=browser)
    assert live.is_connected("/ops")
    live.get_received("/ops")
    live.emit("resume", {"since": since}, namespace="/ops")
    names = [message["name"] for message in live.get_received("/ops")]
    assert names == (["snapshot"] if since > 0 else [])
    assert socketio.server.async_handlers is False


def test_live_views_never_take_the_last_threads() -> None:
    assert most_connections(120) == 100
    assert most_connections(4) == 2


def test_a_host_of_another_name_is_not_answered(tmp_path: Path, app: Flask) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    browser = create_app(
        settings_for(url, tmp_path, trusted_hosts=("nhipcau.example.vn",))
    ).test_client()
    for host, status in (("nhipcau.example.vn:443", 200), ("nhipcau.example.vn.evil", 400)):
        assert browser.get("/sign-in", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("hops", "seen", "secure"), [(0, "127.0.0.1", False), (1, "9.9.9.9", True)]
)
def test_only_our_own_proxies_say_who_comes(
    tmp_path: Path, app: Flask, post: Post, hops: int, seen: str, secure: bool
) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    made = create_app(settings_for(url, tmp_path, proxy_hops=hops))
    claimed = {"X-Forwarded-For": "6.6.6.6, 9.9.9.9", "X-Forwarded-Proto": "https"}
    browser = made.test_client()
    data = {"username": "donghoi", "password": PASSWORD}
    answer = post(browser, "/sign-in", data, headers=claimed)
    assert ("Secure" in answer.headers.get("Set-Cookie", "")) is secure
    with made.app_context():
        user = find_user(read_session(), "donghoi")
        assert user is not None
        assert seen in browser.get("/account", headers=claimed).text


def test_the_database_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    app = create_app(settings_for(f"sqlite:///{file}", tmp_path))
    with app.app_context():
        read_session().connection()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        file.chmod(0o644)
        read_session().close()
        db.engine.dispose()
        read_session().connection()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        read_session().close()
        db.engine.dispose()


def test_nobody_is_given_the_address_of_somebody_else(
    as_admin: FlaskClient, post: Post, write: Write
) -> None:
    with write() as session:
        add_user(
            session,
            username="chutich",
            full_name="Chủ tịch",
            password=PASSWORD,
            email="Chu.Tich@quangbinh.example",
        )
    data = {"full_name": "Kẻ khác", "email": "chu.tich@QUANGBINH.example"}
    assert post(as_admin, "/users/donghoi/edit", data).status_code == 409
    new = {
        **data,
        "username": "ke.khac",
        "password": PASSWORD,
        "role": "viewer",
        "unit": "1",
    }
    answer = post(as_admin, "/users/new", new)
    assert answer.status_code == 409
    assert "của một tài khoản khác" in answer.text
    assert post(as_admin, "/users/chutich/edit", data).status_code == 302


def test_no_role_is_given_outside_ones_own_part(write: Write) -> None:
    with write() as session:
        user = add_user(session, username="quan.tri", full_name="Quản trị", password=PASSWORD)
        here, there = unit_by_code(session, "457"), unit_by_code(session, "450")
        assert here is not None
        assert there is not None
        grant_role(session, user, "admin", here)
        actor, other = actor_of(user), find_user(session, "lethuy")
        assert other is not None
        give_role(session, actor, other, "operator", here)
        with pytest.raises(NotFound):
            give_role(session, actor, other, "viewer", there)


@pytest.mark.parametrize(
    "name", ["title", "attendees_text", "sites", "day", "exceptions", "unknown"]
)
def test_a_field_without_bounds_is_refused_before_it_is_read(
    sign_in: SignIn, post: Post, name: str
) -> None:
    answer = post(sign_in("thuky"), "/conferences/new", {"do": "review", name: " " * 200_001})
    assert answer.status_code == 413
    assert "quá 20.000 ký tự" in answer.text


def test_a_message_that_is_too_long_takes_no_thread_with_it(sign_in: SignIn) -> None:
    socketio.server.environ.clear()
    browser = sign_in("donghoi")
    opened = browser.get(KNOCK).text
    sid = opened.split('"sid":"')[1].split('"')[0]
    # Nobody reads what is left for this connection: the answer must not wait for that.
    answer = browser.post(f"{KNOCK}&sid={sid}", data="x" * 20_000, content_type="text/plain")
    assert answer.status_code == 400
    assert sid not in socketio.server.eio.sockets


@pytest.mark.parametrize("origin", ["http://[", "http://127.0.0.1]:x", "null"])
@pytest.mark.parametrize("path", ["/account/profile", "/conferences/new", "/answer/abcdefgh"])
def test_an_origin_that_cannot_be_read_is_no_failure_of_ours(
    client: FlaskClient, origin: str, path: str
) -> None:
    for name in ("Origin", "Referer"):
        answer = client.post(path, data={"a": "b"}, headers={name: origin})
        assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://localhost:9999"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {},
    ],
    ids=["another port", "said by the browser", "another host", "nobody says"],
)
def test_no_page_of_elsewhere_has_its_form_given_back(
    as_admin: FlaskClient, headers: dict[str, str]
) -> None:
    answer = as_admin.post("/users/new", data={"username": "evil"}, headers=headers)
    assert answer.status_code == 400
    assert "evil" not in answer.text
