"""Who may open a live connection at all: asked before one takes a thread of the web process.

Socket.IO asks who is there only after a WebSocket is open, and an open one holds a thread. A
visitor without a session could so take all of them; here he is refused while he still knocks.
"""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from flask import Flask
from werkzeug.wrappers import Response

from hub.live.rooms import LiveHub, socketio

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH: Final = "/socket.io/"
MOST_OF_ONE_PERSON: Final = 60
# What the gate notes of an open connection, in its WSGI environment.
VIEWER: Final = "hub.live.viewer"
SINCE: Final = "hub.live.since"


class ConnectionGate:
    """WSGI middleware in front of Socket.IO; ``most`` connections may be open at once."""

    def __init__(self, app: Flask, hub: LiveHub, most: int) -> None:
        self.app = app
        self.hub = hub
        self.most = most
        self.inner: WSGIApplication = app.wsgi_app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        status = self._refusal(environ) if _knocks(environ) else 0
        if status:
            return Response(status=status)(environ, start_response)
        return self.inner(environ, start_response)

    def _refusal(self, environ: "WSGIEnvironment") -> int:
        """Return the status of a refusal, 0 for who may come in."""
        with self.app.request_context(environ):
            viewer = self.hub.identify()
        if viewer is None:
            return 401
        # Whatever is open counts, whether or not it has joined the namespace yet.
        open_now = list(socketio.server.environ.values())
        theirs = sum(_user_of(one) == viewer.user_id for one in open_now)
        if theirs >= MOST_OF_ONE_PERSON:
            return 429
        environ[VIEWER] = viewer
        environ[SINCE] = time.monotonic()
        return 503 if len(socketio.server.eio.sockets) >= self.most else 0


def _user_of(environ: "WSGIEnvironment") -> int | None:
    viewer = environ.get(VIEWER)
    return viewer.user_id if viewer is not None else None


def _knocks(environ: "WSGIEnvironment") -> bool:
    """Whether the request opens a connection; later ones of the same name its ``sid``."""
    path = str(environ.get("PATH_INFO", ""))
    return path.startswith(PATH.rstrip("/")) and "sid" not in parse_qs(
        str(environ.get("QUERY_STRING", ""))
    )


def most_connections(web_threads: int) -> int:
    """Return how many threads live views may hold; the rest stays for pages."""
    return max(1, web_threads - max(2, web_threads // 6))
