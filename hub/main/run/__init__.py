"""Runs every process of the product on one machine, under supervision: ``hub run``."""

from hub.main.run.broker import effective_mqtt_url, is_demo_broker
from hub.main.run.supervision import supervise

__all__ = ["effective_mqtt_url", "is_demo_broker", "supervise"]
