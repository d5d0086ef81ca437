"""What ingest knows by heart: devices, their series and rules, and the state of each rule.

Loaded from the database, refreshed when somebody changed a device or a rule, and told about
alerts that another slot or an operator has touched.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from smartcity.domain.rules import IDLE, DetectionRule, RuleState, ThresholdRule

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LevelSource:
    """Which rule row and which alarm mark stands behind a level of a bound rule."""

    rule_id: int
    rule_name: str
    mark: int | None


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A threshold rule at one device; `open_key` is what its open alert is found by."""

    open_key: str
    kind: str
    rule: ThresholdRule
    sources: tuple[LevelSource, ...]


@dataclass(frozen=True, slots=True)
class BoundDetectionRule:
    """A detection rule at one camera."""

    open_key: str
    rule: DetectionRule
    name: str


@dataclass(slots=True)
class KnownSeries:
    """One property of a device."""

    series_id: int
    prop: str
    unit: str
    latest_at: datetime | None
    rules: tuple[BoundRule, ...] = ()


@dataclass(slots=True)
class KnownDevice:
    """A registered device as ingest needs it."""

    device_id: int
    code: str
    name: str
    kind: str
    unit_id: int
    unit_code: str
    is_active: bool
    status: str
    last_seen_at: datetime | None
    site_code: str = ""
    former_unit_codes: frozenset[str] = frozenset()
    series: dict[str, KnownSeries] = field(default_factory=dict)
    threshold_rules: tuple[BoundRule, ...] = ()
    detection_rules: tuple[BoundDetectionRule, ...] = ()

    def speaks_for(self, unit_code: str) -> bool:
        """Is this the code of its unit, or was it before a reform?"""
        return unit_code == self.unit_code or unit_code in self.former_unit_codes

    def rules_for(self, prop: str) -> tuple[BoundRule, ...]:
        """Threshold rules that watch a property of this device."""
        return tuple(bound for bound in self.threshold_rules if bound.rule.prop == prop)


class Registry:
    """Devices by code and rule states by open key; changed only between batches."""

    def __init__(self) -> None:
        self.devices: dict[str, KnownDevice] = {}
        self.states: dict[str, RuleState] = {}

    def replace_devices(self, devices: Iterable[KnownDevice]) -> None:
        """Take a fresh picture; what is newer in memory than in it is kept."""
        fresh = {device.code: device for device in devices}
        for code, device in fresh.items():
            known = self.devices.get(code)
            if known is not None:
                _keep_newer(device, known)
        self.devices = fresh
        keys = {bound.open_key for device in fresh.values() for bound in device.threshold_rules}
        self.states = {key: state for key, state in self.states.items() if key in keys}

    def state_of(self, open_key: str) -> RuleState:
        """State of a bound rule, idle when nothing is known."""
        return self.states.get(open_key, IDLE)

    def settle(self, open_key: str) -> None:
        """Another slot has seen the value return: this rule is idle here too."""
        state = self.states.get(open_key)
        if state is not None and state.active:
            self.states[open_key] = replace(state, active=0, since=())


def _keep_newer(device: KnownDevice, known: KnownDevice) -> None:
    for prop, series in device.series.items():
        before = known.series.get(prop)
        if before is not None and before.latest_at is not None:
            series.latest_at = max(series.latest_at or before.latest_at, before.latest_at)
    if known.last_seen_at is not None:
        device.last_seen_at = max(device.last_seen_at or known.last_seen_at, known.last_seen_at)
