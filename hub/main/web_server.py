"""One web process: gunicorn with threads, which Socket.IO needs (one thread a viewer)."""

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from config import Settings
from hub.live import start_tail
from hub.main.app import create_app


class WebServer(BaseApplication):  # type: ignore[misc]
    """Gunicorn with exactly one worker: Socket.IO sessions live in its memory."""

    def __init__(self, settings: Settings, host: str, port: int) -> None:
        self.settings = settings
        self.bind = f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": self.bind,
            "workers": 1,
            "worker_class": "gthread",
            "threads": self.settings.web_threads,
            "timeout": 60,
            "graceful_timeout": 5,
            "keepalive": 15,
            # An availability request may name a few hundred sites.
            "limit_request_line": 8190,
            "control_socket_disable": True,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        app = create_app(self.settings)
        start_tail(app)
        return app


def serve(settings: Settings, host: str, port: int) -> None:
    """Serve until stopped."""
    WebServer(settings, host, port).run()
