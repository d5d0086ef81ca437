"""The shipped proxy in front of two web processes: pages, secrets and the live view get through."""

import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
from simple_websocket import Client  # type: ignore[import-untyped]

from hub.db import db
from hub.main.app import create_app
from tests.acceptance.conftest import session_secret
from tests.integration.deploy.conftest import Settle
from tests.integration.deploy.shipped import (
    command_of,
    hand_over,
    make_certificate,
    running,
    text_of,
    until,
)
from tests.services.choice import skip_if_left_out
from tests.services.free_port import free_port
from tests.web.conftest import settings_for

NAME = "nhipcau.example.vn"
HEAD = """\
daemon off;
error_log {folder}/error.log;
pid {folder}/nginx.pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/nhipcau.conf;
}}
"""


@pytest.fixture
def port(
    settle: Settle, fresh_postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[int]:
    """The port of nginx with the shipped file, before two web processes of the unit file."""
    skip_if_left_out("nginx")
    settings = settle(fresh_postgres_url, HUB_BASE_URL=f"https://{NAME}", HUB_PROXY_HOPS="1")
    http, https, one, two = (free_port() for _ in range(4))
    folder = tmp_path / "nginx"
    folder.mkdir()
    make_certificate(folder, NAME)
    places = {
        "listen 80;": f"listen {http};",
        "listen [::]:80;": "",
        "listen 443 ssl http2;": f"listen {https} ssl http2;",
        "listen [::]:443 ssl http2;": "",
        "/etc/ssl/nhipcau/fullchain.pem": f"{folder}/certs/server.crt",
        "/etc/ssl/nhipcau/privkey.pem": f"{folder}/certs/server.key",
        "/var/log/nginx/nhipcau.log": f"{folder}/access.log",
        "server 127.0.0.1:5000": f"server 127.0.0.1:{one}",
        "# server 127.0.0.1:5001": f"server 127.0.0.1:{two}",
    }
    (folder / "nhipcau.conf").write_text(text_of("nginx/nhipcau.conf", places))
    (folder / "nginx.conf").write_text(HEAD.format(folder=folder))
    hand_over(folder, "www-data")
    _let_the_name_be_ours(monkeypatch)
    with ExitStack() as stack:
        for number in (one, two):
            command = command_of("nhipcau-web@.service", str(number))
            stack.enter_context(running(command, settings))
        for number in (one, two):
            until(lambda n=number: _answers(f"http://127.0.0.1:{n}/healthz"), "a web process")
        nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", str(folder / "nginx.conf")], cwd="/")
        try:
            until(lambda: _answers(f"https://{NAME}:{https}/healthz"), "nginx answers")
            yield https
        finally:
            nginx.terminate()
            nginx.wait(timeout=20)


def _let_the_name_be_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the public name for this machine, as its visitors' resolvers do."""
    ask = socket.getaddrinfo

    def answer(host: Any, *more: Any, **further: Any) -> Any:
        return ask("127.0.0.1" if host == NAME else host, *more, **further)

    monkeypatch.setattr(socket, "getaddrinfo", answer)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5, verify=False).ok
    except requests.RequestException:
        return False


@pytest.fixture
def cookie(port: int, fresh_postgres_url: str, tmp_path: Path) -> str:
    """The session of somebody who may see the operations view."""
    app = create_app(settings_for(fresh_postgres_url, tmp_path))
    secret = session_secret(app, "tructhe")
    with app.app_context():
        db.engine.dispose()
    return f"nhipcau_session={secret}"


def websocket(port: int, cookie: str, origin: str) -> Client:
    """The WebSocket of a browser that shows a page of this origin."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    return Client.connect(
        f"wss://{NAME}:{port}/socket.io/?EIO=4&transport=websocket",
        headers={"Cookie": cookie, "Origin": origin},
        ssl_context=trusting,
    )


@pytest.mark.postgres
@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_the_live_view_works_behind_the_shipped_proxy(port: int, cookie: str) -> None:
    page = requests.get(
        f"https://{NAME}:{port}/operations",
        headers={"Cookie": cookie},
        timeout=20,
        verify=False,
    )
    assert page.status_code == 200
    assert page.headers["Strict-Transport-Security"]

    live = websocket(port, cookie, f"https://{NAME}")
    assert live.receive(timeout=10).startswith("0{"), "engine.io opens"
    live.send("40/ops,")
    said = sorted(live.receive(timeout=10) for _ in range(2))
    live.close()
    assert said[0].startswith("40/ops,{"), "the namespace is joined"
    assert said[1].startswith('42/ops,["snapshot"')


@pytest.mark.postgres
@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_a_page_of_another_origin_gets_no_live_view_and_nobody_the_figures(
    port: int, cookie: str
) -> None:
    shake = requests.get(
        f"https://{NAME}:{port}/socket.io/?EIO=4&transport=polling",
        headers={"Cookie": cookie, "Origin": "https://evil.example"},
        timeout=20,
        verify=False,
    )
    assert shake.status_code == 400
    for path in ("metrics", "readyz"):
        answer = requests.get(
            f"https://{NAME}:{port}/{path}",
            timeout=20,
            verify=False,
        )
        assert answer.status_code in {200, 503}, "this machine is let in"
