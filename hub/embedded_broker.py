"""Where the broker is, also when ``HUB_MQTT_URL`` says that it is the embedded one."""

import shutil
from typing import Final

from config import Settings

LOOPBACK: Final = "127.0.0.1"
EMBEDDED = "embedded"
SEARCH_PATH = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")


def effective_mqtt_url(settings: Settings) -> str:
    """Gives the address of the broker to talk to, also when it is the embedded one."""
    if settings.mqtt_url == EMBEDDED:
        return f"mqtt://{LOOPBACK}:{settings.broker_port}"
    return settings.mqtt_url


def is_demo_broker(settings: Settings) -> bool:
    """Tells whether the broker is amqtt: MQTT 3.1.1 only and no redelivery."""
    return settings.mqtt_url == EMBEDDED and find_mosquitto() is None


def find_mosquitto() -> str | None:
    """Gives the path of the mosquitto program, which Debian keeps outside a user's PATH."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path=":".join(SEARCH_PATH))
