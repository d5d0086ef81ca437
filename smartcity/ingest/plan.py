"""Decides what a batch of messages means, in memory: nothing here writes.

A plan holds everything the transaction will write and everything memory will learn once it is
committed. A plan that is thrown away leaves no trace.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from smartcity.decoders.limits import Undecodable
from smartcity.decoders.native import decode
from smartcity.domain.reading import Decoded, Detection, Reading, StatusChange, clock_fault
from smartcity.domain.rules import RuleOutcome, RuleState, evaluate
from smartcity.domain.topics import Topic, TopicError, parse_topic
from smartcity.ingest.registry import BoundRule, KnownDevice, KnownSeries, Registry
from smartcity.mqtt import Message

logger = logging.getLogger(__name__)

MAX_SERIES_PER_DEVICE: Final = 200
UNKNOWN_DEVICE: Final = "unknown-device"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that becomes a dead letter."""

    message: Message
    reason: str
    topic: Topic | None = None


@dataclass(frozen=True, slots=True)
class UnknownDevice:
    """A message of a device we do not know, unread: decoding waits for its approval."""

    message: Message
    topic: Topic
    reason: str


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest value a batch brings for one series."""

    series: KnownSeries
    reading: Reading
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Firing:
    """An outcome of a threshold rule at a device."""

    device: KnownDevice
    bound: BoundRule
    outcome: RuleOutcome
    reading: Reading


@dataclass(frozen=True, slots=True)
class Sighting:
    """A detection with the message that brought it."""

    device: KnownDevice
    detection: Detection
    received_at: datetime


@dataclass(frozen=True, slots=True)
class RuleFailure:
    """A rule that broke over a reading, which is stored all the same."""

    rule_name: str
    device_code: str
    error: str

    @property
    def words(self) -> str:
        """What an administrator needs to find it."""
        return f"{self.rule_name} · {self.device_code}: {self.error}"


@dataclass(slots=True)
class BatchPlan:
    """Everything one transaction will write."""

    observations: list[tuple[KnownSeries, Reading, datetime]] = field(default_factory=list)
    new_series: dict[tuple[str, str], tuple[KnownDevice, KnownSeries]] = field(default_factory=dict)
    latest: dict[int, Latest] = field(default_factory=dict)
    states: dict[str, RuleState] = field(default_factory=dict)
    firings: list[Firing] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    statuses: dict[str, tuple[KnownDevice, StatusChange]] = field(default_factory=dict)
    seen: dict[str, tuple[KnownDevice, datetime]] = field(default_factory=dict)
    failures: list[RuleFailure] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    unknown_devices: list[UnknownDevice] = field(default_factory=list)

    def learn(self, registry: Registry) -> None:
        """Make memory agree with what has just been committed."""
        for device, series in self.new_series.values():
            device.series[series.prop] = series
        for latest in self.latest.values():
            latest.series.latest_at = latest.reading.observed_at
            if not latest.series.unit and latest.reading.unit:
                latest.series.unit = latest.reading.unit
        registry.states.update(self.states)


class Planner:
    """Turns messages into a plan against one registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def plan(self, messages: list[Message]) -> BatchPlan:
        """A plan for these messages, in their order; never raises."""
        plan = BatchPlan()
        for message in messages:
            try:
                self._take(plan, message)
            except TooManySeries:
                plan.refusals.append(Refusal(message, "too-many-series"))
            except Exception:
                # The edge of the batch: one message must never stop the others.
                logger.exception("message on %.100s could not be handled", message.topic)
                plan.refusals.append(Refusal(message, "internal-error"))
        return plan

    def _take(self, plan: BatchPlan, message: Message) -> None:
        try:
            topic = parse_topic(message.topic)
        except TopicError as error:
            plan.refusals.append(Refusal(message, error.reason))
            return
        device = self._registry.devices.get(topic.device_code)
        stranger = _why_unknown(device, topic)
        if device is None or stranger is not None:
            plan.unknown_devices.append(UnknownDevice(message, topic, stranger or UNKNOWN_DEVICE))
            return
        try:
            items = decode(topic, message.payload, message.received_at)
        except Undecodable as error:
            plan.refusals.append(Refusal(message, str(error), topic))
            return
        self._accept(plan, message, topic, device, items)

    def _accept(
        self,
        plan: BatchPlan,
        message: Message,
        topic: Topic,
        device: KnownDevice,
        items: list[Decoded],
    ) -> None:
        received_at = message.received_at
        for item in items:
            fault = clock_fault(item.observed_at, received_at)
            if fault is not None:
                reason = f"{fault.value}: {item.observed_at.isoformat()}"
                plan.refusals.append(Refusal(message, reason, topic))
                return
        if not message.is_retained:
            plan.seen[device.code] = (device, received_at)
        for item in items:
            if isinstance(item, Reading):
                self._reading(plan, message, device, item)
            elif isinstance(item, Detection):
                plan.sightings.append(Sighting(device, item, received_at))
            else:
                plan.statuses[device.code] = (device, item)

    def _reading(
        self, plan: BatchPlan, message: Message, device: KnownDevice, reading: Reading
    ) -> None:
        # A retained value without a time of its own comes again at every reconnect.
        if message.is_retained and reading.observed_at is message.received_at:
            return
        series = device.series.get(reading.prop) or self._new_series(plan, device, reading)
        plan.observations.append((series, reading, message.received_at))
        before = plan.latest.get(id(series))
        latest_at = series.latest_at if before is None else before.reading.observed_at
        if latest_at is not None and reading.observed_at <= latest_at:
            return
        plan.latest[id(series)] = Latest(series, reading, message.received_at)
        for bound in series.rules:
            try:
                self._evaluate(plan, device, bound, reading)
            except Exception as error:
                # The reading is a fact whatever our rule makes of it, and so are the other rules.
                logger.exception("rule %s broke over %s", bound.open_key, device.code)
                name = bound.sources[0].rule_name if bound.sources else bound.open_key
                plan.failures.append(RuleFailure(name, device.code, repr(error)))

    def _new_series(self, plan: BatchPlan, device: KnownDevice, reading: Reading) -> KnownSeries:
        key = (device.code, reading.prop)
        if key not in plan.new_series:
            pending = sum(1 for code, _ in plan.new_series if code == device.code)
            if len(device.series) + pending >= MAX_SERIES_PER_DEVICE:
                raise TooManySeries(device.code)
            rules = device.rules_for(reading.prop)
            series = KnownSeries(0, reading.prop, reading.unit or "", None, rules)
            plan.new_series[key] = (device, series)
        return plan.new_series[key][1]

    def _evaluate(
        self, plan: BatchPlan, device: KnownDevice, bound: BoundRule, reading: Reading
    ) -> None:
        key = bound.open_key
        state = plan.states.get(key) or self._registry.state_of(key)
        after, outcome = evaluate(bound.rule, state, reading.value, reading.observed_at)
        plan.states[key] = after
        if outcome is not None:
            plan.firings.append(Firing(device, bound, outcome, reading))


class TooManySeries(ValueError):
    """A device invents property names without end."""


def _why_unknown(device: KnownDevice | None, topic: Topic) -> str | None:
    if device is None:
        return UNKNOWN_DEVICE
    if not device.speaks_for(topic.unit_code):
        return "other-unit"
    return None if device.is_active else "device-inactive"
