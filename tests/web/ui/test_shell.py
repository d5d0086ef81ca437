"""The shell by itself: built assets, preferences, and the page of somebody not signed in."""

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect

from hub.accounts import views_account
from hub.ui import assets, formats, views


@pytest.fixture
def shell() -> Flask:
    app = Flask("shell")
    app.config.update(SECRET_KEY="only for this test", WTF_CSRF_ENABLED=False, TESTING=True)
    Babel(app, default_locale="vi")
    CSRFProtect(app)
    assets.register(app)
    formats.register(app)
    app.register_blueprint(views.bp)
    app.register_blueprint(views_account.bp)
    return app


@pytest.fixture
def client(shell: Flask) -> FlaskClient:
    return shell.test_client()


def url_of(shell: Flask, name: str) -> str:
    with shell.test_request_context():
        return assets.asset_url(name)


@pytest.mark.parametrize("name", ["app.js", "app.css", "sprite.svg", "map/units_2020.json"])
def test_assets_come_packed_and_may_be_kept_for_a_year(
    shell: Flask, client: FlaskClient, name: str
) -> None:
    plain = client.get(url_of(shell, name), buffered=True)
    gzipped = {"Accept-Encoding": "gzip"}
    packed = client.get(url_of(shell, name), headers=gzipped, buffered=True)
    assert plain.status_code == packed.status_code == 200
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    for response in (plain, packed):
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers["Vary"] == "Accept-Encoding"
        assert response.mimetype == plain.mimetype


@pytest.mark.parametrize("path", ["../assets.py", "nothing.js", "%2e%2e/%2e%2e/web.py"])
def test_nothing_outside_the_build_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(f"/static/dist/{path}").status_code == 404


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/calendar?day=2020-10-19", "/calendar?day=2020-10-19"),
        ("https://example.org/", "/"),
        ("//example.org/", "/"),
        ("/\\example.org/", "/"),
        ("", "/"),
    ],
)
def test_a_choice_of_theme_goes_back_to_a_page_of_ours_only(
    client: FlaskClient, target: str, expected: str
) -> None:
    response = client.post("/ui/preferences", data={"theme": "dark", "next": target})
    assert response.headers["Location"] == expected
    cookie = client.get_cookie("theme")
    assert cookie is not None
    assert cookie.value == "dark"


def test_a_theme_nobody_offers_is_not_kept(client: FlaskClient) -> None:
    client.post("/ui/preferences", data={"theme": "pink", "locale": "fr"})
    assert client.get_cookie("theme") is None
    assert client.get_cookie("locale") is None


def test_a_page_without_anybody_signed_in_has_one_heading_and_no_menu(
    client: FlaskClient,
) -> None:
    page = client.get("/ui/help").get_data(as_text=True)
    assert page.count("<h1>") == 1
    assert 'lang="vi"' in page
    assert 'href="/sign-in"' in page
    assert "side-nav" not in page


def test_no_page_of_the_shell_carries_inline_style_or_script(client: FlaskClient) -> None:
    page = client.get("/ui/help").get_data(as_text=True)
    assert "style=" not in page
    assert "<script>" not in page
    assert " onclick" not in page
