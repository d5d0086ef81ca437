"""One transaction per batch; a batch that fails is tried message by message.

What the database refuses about a message makes that message a dead letter. What is wrong with the
database itself is nobody's fault but its own: nothing is acknowledged and the caller waits.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final

from sqlalchemy import delete, exc, insert, select, update
from sqlalchemy.orm import Session

from hub.health.beats import beat
from hub.journal import Fact, record_all
from smartcity.alerts.lifecycle import AlertSignal, apply_signals
from smartcity.decoders.limits import MAX_BYTES
from smartcity.domain.rules import Change, is_match
from smartcity.ingest.failures import RULES
from smartcity.ingest.plan import (
    Firing,
    Plan,
    Planner,
    Refusal,
    RuleFailure,
    Sighting,
    UnknownDevice,
)
from smartcity.ingest.registry import BoundDetectionRule, Registry
from smartcity.ingest.store import (
    learn_presence,
    write_detections,
    write_observations,
    write_presence,
)
from smartcity.models import DeadLetter, QuarantinedDevice, QuarantinedMessage
from smartcity.mqtt import Message

KEPT_PER_DEVICE: Final = 20


def write_dead_letters(session: Session, refusals: Sequence[Refusal]) -> None:
    """Keep each refused message with its reason; bodies over the limit are cut."""
    if refusals:
        session.execute(insert(DeadLetter), [_dead_letter(refusal) for refusal in refusals])


def _dead_letter(refusal: Refusal) -> dict[str, object]:
    message, topic = refusal.message, refusal.topic
    return {
        "topic": message.topic.replace("\x00", "")[:300],
        "payload": message.payload[:MAX_BYTES],
        "payload_size": len(message.payload),
        "reason": refusal.reason[:300],
        "unit_code": topic.unit_code if topic else "",
        "device_code": topic.device_code if topic else "",
        "received_at": message.received_at,
        "state": "open",
    }


def write_quarantine(session: Session, unknown_devices: Sequence[UnknownDevice]) -> None:
    """Count the messages of unknown devices and keep the newest of each."""
    groups: dict[tuple[str, str], list[UnknownDevice]] = defaultdict(list)
    for unknown in unknown_devices:
        groups[(unknown.topic.unit_code, unknown.topic.device_code)].append(unknown)
    for (unit_code, device_code), group in sorted(groups.items()):
        device_id, is_rejected = _count(session, unit_code, device_code, group)
        if not is_rejected:
            _keep_newest(session, device_id, group[-KEPT_PER_DEVICE:])


def _count(
    session: Session, unit_code: str, device_code: str, group: Sequence[UnknownDevice]
) -> tuple[int, bool]:
    found = session.execute(
        select(QuarantinedDevice.id, QuarantinedDevice.decided)
        .where(
            QuarantinedDevice.unit_code == unit_code, QuarantinedDevice.device_code == device_code
        )
        .with_for_update()
    ).first()
    last = group[-1]
    if found is None:
        row = {
            "unit_code": unit_code,
            "device_code": device_code,
            "reason": last.reason,
            "first_seen_at": group[0].message.received_at,
            "last_seen_at": last.message.received_at,
            "message_count": len(group),
            "decided": "",
        }
        statement = insert(QuarantinedDevice).values(row).returning(QuarantinedDevice.id)
        return session.execute(statement).scalar_one(), False
    session.execute(
        update(QuarantinedDevice)
        .where(QuarantinedDevice.id == found.id)
        .values(
            message_count=QuarantinedDevice.message_count + len(group),
            last_seen_at=last.message.received_at,
            reason=last.reason,
        )
    )
    return found.id, found.decided == "rejected"


def _keep_newest(session: Session, device_id: int, group: Sequence[UnknownDevice]) -> None:
    rows = [
        {
            "quarantined_device_id": device_id,
            "topic": unknown.message.topic,
            "payload": unknown.message.payload[:MAX_BYTES],
            "received_at": unknown.message.received_at,
        }
        for unknown in group
    ]
    session.execute(insert(QuarantinedMessage), rows)
    of_device = QuarantinedMessage.quarantined_device_id == device_id
    oldest_kept = (
        select(QuarantinedMessage.id)
        .where(of_device)
        .order_by(QuarantinedMessage.id.desc())
        .offset(KEPT_PER_DEVICE - 1)
        .limit(1)
        .scalar_subquery()
    )
    session.execute(
        delete(QuarantinedMessage).where(of_device, QuarantinedMessage.id < oldest_kept)
    )


logger = logging.getLogger(__name__)

OpenTransaction = Callable[[], AbstractContextManager[Session]]
# The database is away, locked, full or not migrated yet: the same message may be fine in a moment.
# Our statements are the same for every message: one refused as such is no message's fault.
AWAY: Final = (
    exc.OperationalError,
    exc.InterfaceError,
    exc.InternalError,
    exc.ProgrammingError,
    exc.TimeoutError,
)


class DatabaseAway(Exception):
    """Nothing of this batch is durable and nothing of it may be acknowledged."""


class Writer:
    """Makes batches durable."""

    def __init__(
        self,
        registry: Registry,
        open_transaction: OpenTransaction,
        clock: Callable[[], datetime],
    ) -> None:
        self._registry = registry
        self._planner = Planner(registry)
        self._open_transaction = open_transaction
        self._clock = clock

    def write(self, messages: list[Message]) -> None:
        """Return once every message is durable: as data, as dead letter or in quarantine.

        Raises:
            DatabaseAway: nothing was written.
        """
        try:
            self._write(self._planner.plan(messages))
        except AWAY as error:
            raise DatabaseAway(
                str(error.orig if isinstance(error, exc.DBAPIError) else error)
            ) from error
        except Exception:
            logger.exception("batch of %s failed, trying each message alone", len(messages))
            self._write_singly(messages)

    def _write_singly(self, messages: list[Message]) -> None:
        for message in messages:
            try:
                self._write(self._planner.plan([message]))
            except AWAY as error:
                raise DatabaseAway(str(error)) from error
            except Exception as error:
                logger.exception("message on %.100s is poison", message.topic)
                reason = f"not-storable: {type(error).__name__}"
                self._write(Plan(refusals=[Refusal(message, reason)]))

    def _write(self, plan: Plan) -> None:
        with self._open_transaction() as session:
            write_plan(session, plan, self._clock())
        plan.learn(self._registry)
        learn_presence(plan)


def write_plan(session: Session, plan: Plan, now: datetime) -> None:
    """Write everything a plan holds; the journal comes last because it locks."""
    write_observations(session, plan)
    seen_first = write_detections(session, plan.sightings)
    facts = write_presence(session, plan) if plan.seen or plan.statuses else []
    facts += _apply_rules(session, plan, seen_first, now)
    if plan.failures:
        beat(session, RULES, plan.failures[-1].words)
    write_quarantine(session, plan.unknown_devices)
    write_dead_letters(session, plan.refusals)
    record_all(session, facts)


def _apply_rules(
    session: Session, plan: Plan, seen_first: Sequence[Sighting], now: datetime
) -> list[Fact]:
    """Move the alerts; when that breaks, what the messages said is stored all the same."""
    try:
        signals = [_of_firing(firing) for firing in plan.firings]
        signals += _of_sightings(seen_first)
        if not signals:
            return []
        with session.begin_nested():
            return apply_signals(session, signals, now)
    except AWAY:
        raise
    except Exception as error:
        logger.exception("the alerts of a batch could not be moved")
        devices = ", ".join(sorted({firing.device.code for firing in plan.firings}))
        plan.failures.append(RuleFailure("alerts", devices[:80], repr(error)))
        # Not learnt: the next reading finds the rules as they were, and asks them again.
        plan.states.clear()
        return []


def _of_firing(firing: Firing) -> AlertSignal:
    outcome, bound, reading = firing.outcome, firing.bound, firing.reading
    level = bound.rule.levels[outcome.level - 1]
    source = bound.sources[outcome.level - 1]
    return AlertSignal(
        open_key=bound.open_key,
        device_id=firing.device.device_id,
        device_name=firing.device.name,
        unit_id=firing.device.unit_id,
        kind=bound.kind,
        change=outcome.change,
        severity=outcome.severity,
        rule_id=source.rule_id,
        rule_name=source.rule_name,
        observed_at=reading.observed_at,
        prop=reading.prop,
        value=reading.value,
        value_unit=reading.unit or "",
        threshold=level.raise_at,
        mark=source.mark,
        is_drill=reading.drill,
    )


def _of_sightings(sightings: Sequence[Sighting]) -> list[AlertSignal]:
    return [
        _of_sighting(sighting, bound)
        for sighting in sightings
        for bound in sighting.device.detection_rules
        if is_match(bound.rule, sighting.detection)
    ]


def _of_sighting(sighting: Sighting, bound: BoundDetectionRule) -> AlertSignal:
    detection = sighting.detection
    return AlertSignal(
        open_key=bound.open_key,
        device_id=sighting.device.device_id,
        device_name=sighting.device.name,
        unit_id=sighting.device.unit_id,
        kind="detection",
        change=Change.RAISE,
        severity=bound.rule.severity,
        rule_id=bound.rule.rule_id,
        rule_name=bound.name,
        observed_at=detection.observed_at,
        prop=detection.label[:60],
        value=detection.score,
        is_drill=detection.drill,
    )
