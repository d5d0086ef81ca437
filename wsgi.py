"""The WSGI entry point of a web process."""

from config import Settings
from hub.main.app import create_app

app = create_app(Settings.from_env())
