"""One transaction per batch; a batch that fails is tried message by message.

What the database refuses about a message makes that message a dead letter. What is wrong with the
database itself is nobody's fault but its own: nothing is acknowledged and the caller waits.

The observation insert is the hot statement of the product and speaks to the driver directly.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import exc, insert, select
from sqlalchemy.orm import Session

from hub.db import dialect_name, to_micros
from hub.health.beats import beat
from hub.journal import Fact, record_all
from smartcity.alerts.lifecycle import AlertSignal, apply_signals
from smartcity.domain.reading import Reading
from smartcity.domain.rules import Change, is_match
from smartcity.ingest.failures import RULES
from smartcity.ingest.plan import (
    BatchPlan,
    Firing,
    Latest,
    Planner,
    Refusal,
    RuleFailure,
    Sighting,
)
from smartcity.ingest.registry import BoundDetectionRule, KnownDevice, KnownSeries, Registry
from smartcity.ingest.store import (
    learn_presence,
    write_dead_letters,
    write_detections,
    write_presence,
    write_quarantine,
)
from smartcity.models import Series
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
_SQLITE_INSERT: Final = (
    "INSERT INTO smartcity_observation (series_id, observed_at, received_at, value, is_drill)"
    " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
# One statement with five arrays: the planner runs once and the rows travel once. The arrays are
# written out as literals here, because the driver's own array adapter takes longer than the insert.
_POSTGRES_INSERT: Final = (
    "INSERT INTO smartcity_observation (series_id, observed_at, received_at, value, is_drill)"
    " SELECT * FROM unnest(%s::int[], %s::timestamptz[], %s::timestamptz[], %s::float8[],"
    " %s::bool[]) ON CONFLICT DO NOTHING"
)
_SQLITE_LATEST: Final = (
    "UPDATE smartcity_series SET latest_value = ?, latest_observed_at = ?,"
    " latest_received_at = ?, is_drill = ?, unit = coalesce(?, unit)"
    " WHERE id = ? AND (latest_observed_at IS NULL OR latest_observed_at < ?)"
)
# Rows are locked in the order of their ids, and no harder than the foreign keys of the observations
# just inserted bear: otherwise two slots that share a series would wait for each other.
_POSTGRES_LATEST: Final = (
    "WITH news AS (SELECT * FROM unnest(%s::int[], %s::float8[], %s::timestamptz[],"
    " %s::timestamptz[], %s::bool[], %s::text[])"
    " AS n (id, value, observed_at, received_at, is_drill, unit)),"
    " held AS (SELECT s.id FROM smartcity_series s JOIN news USING (id) ORDER BY s.id"
    " FOR NO KEY UPDATE)"
    " UPDATE smartcity_series s SET latest_value = n.value, latest_observed_at = n.observed_at,"
    " latest_received_at = n.received_at, is_drill = n.is_drill, unit = coalesce(n.unit, s.unit)"
    " FROM news n JOIN held USING (id) WHERE s.id = n.id"
    " AND (s.latest_observed_at IS NULL OR s.latest_observed_at < n.observed_at)"
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


def write_observations(session: Session, plan: BatchPlan) -> None:
    """Insert new series, observations and newest values."""
    _create_series(session, plan)
    if not plan.observations:
        return
    if dialect_name(session) == "sqlite":
        _observations_sqlite(session, plan)
    else:
        _observations_postgres(session, plan)


def _create_series(session: Session, plan: BatchPlan) -> None:
    for (device, series), unit in ((entry, entry[1].unit) for entry in plan.new_series.values()):
        known = session.execute(
            select(Series.id).where(
                Series.device_id == device.device_id, Series.prop == series.prop
            )
        ).scalar()
        series.series_id = known or _insert_series(session, device, series, unit)


def _insert_series(session: Session, device: KnownDevice, series: KnownSeries, unit: str) -> int:
    row = {"device_id": device.device_id, "prop": series.prop, "unit": unit, "is_drill": False}
    return session.execute(insert(Series).values(row).returning(Series.id)).scalar_one()


def _observations_sqlite(session: Session, plan: BatchPlan) -> None:
    connection = session.connection()
    rows = [
        (s.series_id, to_micros(r.observed_at), to_micros(at), r.value, r.drill)
        for s, r, at in plan.observations
    ]
    connection.exec_driver_sql(_SQLITE_INSERT, rows)
    latest = [_latest_row(item) for item in plan.latest.values()]
    if latest:
        connection.exec_driver_sql(_SQLITE_LATEST, latest)


def _latest_row(latest: Latest) -> tuple[Any, ...]:
    reading = latest.reading
    observed_at = to_micros(reading.observed_at)
    return (
        reading.value,
        observed_at,
        to_micros(latest.received_at),
        reading.drill,
        reading.unit,
        latest.series.series_id,
        observed_at,
    )


def _observations_postgres(session: Session, plan: BatchPlan) -> None:
    connection = session.connection()
    columns = _columns(plan.observations)
    connection.exec_driver_sql(_POSTGRES_INSERT, columns)
    latest = list(plan.latest.values())
    if latest:
        values = (
            _array(str(item.series.series_id) for item in latest),
            _array(repr(item.reading.value) for item in latest),
            _array(item.reading.observed_at.isoformat() for item in latest),
            _array(item.received_at.isoformat() for item in latest),
            _array("t" if item.reading.drill else "f" for item in latest),
            [item.reading.unit for item in latest],
        )
        connection.exec_driver_sql(_POSTGRES_LATEST, values)


def _columns(
    observations: Sequence[tuple[KnownSeries, Reading, datetime]],
) -> tuple[str, ...]:
    return (
        _array(str(series.series_id) for series, _, _ in observations),
        _array(reading.observed_at.isoformat() for _, reading, _ in observations),
        _array(received_at.isoformat() for _, _, received_at in observations),
        _array(repr(reading.value) for _, reading, _ in observations),
        _array("t" if reading.drill else "f" for _, reading, _ in observations),
    )


def _array(literals: Iterable[str]) -> str:
    """A PostgreSQL array of numbers, instants or booleans, none of which needs quoting."""
    return f"{{{','.join(literals)}}}"


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
