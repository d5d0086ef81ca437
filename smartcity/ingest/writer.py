"""One transaction per batch; a batch that fails is tried message by message.

What the database refuses about a message makes that message a dead letter. What is wrong with the
database itself is nobody's fault but its own: nothing is acknowledged and the caller waits.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final

from sqlalchemy import exc
from sqlalchemy.orm import Session

from hub.health.beats import beat
from hub.journal import Fact, record_all
from smartcity.alerts.lifecycle import AlertSignal, apply_signals
from smartcity.domain.rules import Change, is_match
from smartcity.ingest.failures import RULES
from smartcity.ingest.observations import write_observations
from smartcity.ingest.plan import (
    BatchPlan,
    Firing,
    Planner,
    Refusal,
    RuleFailure,
    Sighting,
)
from smartcity.ingest.registry import BoundDetectionRule, Registry
from smartcity.ingest.store import (
    learn_presence,
    write_dead_letters,
    write_detections,
    write_presence,
    write_quarantine,
)
from smartcity.mqtt import Message

logger = logging.getLogger(__name__)

# Each look that loses finds the winner's alert; a batch may meet several winners.
RACES: Final = 5
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
                self._write(BatchPlan(refusals=[Refusal(message, reason)]))

    def _write(self, plan: BatchPlan) -> None:
        with self._open_transaction() as session:
            write_plan(session, plan, self._clock())
        plan.learn(self._registry)
        learn_presence(plan)


def write_plan(session: Session, plan: BatchPlan, now: datetime) -> None:
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
    session: Session, plan: BatchPlan, seen_first: Sequence[Sighting], now: datetime
) -> list[Fact]:
    """Move the alerts; when that breaks, what the messages said is stored all the same."""
    try:
        signals = [_of_firing(firing) for firing in plan.firings]
        signals += _of_sightings(seen_first)
        if not signals:
            return []
        return _moved(session, signals, now)
    except AWAY:
        raise
    except Exception as error:
        logger.exception("the alerts of a batch could not be moved")
        devices = ", ".join(sorted({firing.device.code for firing in plan.firings}))
        plan.failures.append(RuleFailure("alerts", devices[:80], repr(error)))
        # Not learnt: the next reading finds the rules as they were, and asks them again. What a
        # camera saw does not come again: health says that it raised nothing.
        plan.states.clear()
        return []


def _moved(session: Session, signals: Sequence[AlertSignal], now: datetime) -> list[Fact]:
    """Move the alerts; look again when another slot opened one of them at the same moment."""
    for _ in range(RACES):
        try:
            with session.begin_nested():
                return apply_signals(session, signals, now)
        except exc.IntegrityError:
            logger.info("another slot opened one of these alerts; looked again")
    with session.begin_nested():
        return apply_signals(session, signals, now)


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
