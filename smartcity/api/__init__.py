"""REST resources of the smart-city half; importing this declares their operations."""

from smartcity.api import alert_acts, alerts, dead_letters, detections, devices, observations, rules

__all__ = [
    "alert_acts",
    "alerts",
    "dead_letters",
    "detections",
    "devices",
    "observations",
    "rules",
]
