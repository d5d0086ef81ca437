"""Tables of the smart-city half."""

from smartcity.models.alert import Alert, AlertStep
from smartcity.models.device import AlarmMarks, Device, Series
from smartcity.models.intake import DeadLetter, IngestSlot, QuarantinedDevice, QuarantinedMessage
from smartcity.models.observation import Detection, Observation
from smartcity.models.rule import Rule

__all__ = [
    "AlarmMarks",
    "Alert",
    "AlertStep",
    "DeadLetter",
    "Detection",
    "Device",
    "IngestSlot",
    "Observation",
    "QuarantinedDevice",
    "QuarantinedMessage",
    "Rule",
    "Series",
]
