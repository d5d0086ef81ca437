"""The life of an alert: everything that changes one goes through here.

Causes come as signals, from a batch of messages or from a tick: the alerts concerned are read once,
moved through the state machine in memory in the order of the signals, and written once; a burst of
a thousand repeats costs one update. People act on one locked row: `stamp` records what they did.
Either leaves the state, a step of the history and a fact in the journal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.audit import record_audit
from hub.clock import now as present
from hub.journal import Fact, record
from hub.text import clean, fold
from smartcity.alerts.summaries import alert_summary, plain_summary
from smartcity.domain import alarm as machine
from smartcity.domain.alarm import Alarm
from smartcity.domain.rules import Change
from smartcity.domain.severity import Severity, rank
from smartcity.models import Alert, AlertStep

TITLE_LENGTH: Final = 200
NOTE_LENGTH: Final = 1000


def open_key(kind: str, device_id: int, rule_id: int | None) -> str:
    """Return what the one open alert of a cause is found by; null once it is closed.

    All marks of a station are one cause: a flood is one alert that grows, not three.
    """
    return f"marks:{device_id}" if kind == "alarm_mark" else f"{rule_id}:{device_id}"


def alert_code(alert_id: int) -> str:
    """Return the public code of an alert row."""
    return f"CB-{alert_id:06d}"


def alarm_of(row: Any) -> Alarm:
    """Return the facts of an alert, or of a row of its table, as the state machine wants them."""
    return Alarm(
        severity=Severity(row.severity),
        count=row.repeat_count,
        is_active=row.returned_at is None,
        is_acknowledged=row.acknowledged_at is not None,
        is_shelved=row.state == machine.AlarmState.SHLVD,
        is_closed=row.state == machine.AlarmState.CLOSED,
        assignee_id=row.assignee_id,
    )


@dataclass(frozen=True, slots=True)
class AlertSignal:
    """One thing that happened to the condition behind an alert."""

    open_key: str
    device_id: int
    device_name: str
    unit_id: int
    kind: str
    change: Change
    severity: Severity
    rule_id: int
    rule_name: str
    observed_at: datetime
    prop: str = ""
    value: float | None = None
    value_unit: str = ""
    threshold: float | None = None
    mark: int | None = None
    is_drill: bool = False


@dataclass(slots=True)
class _Draft:
    alarm: Alarm
    fields: dict[str, Any]
    alert_id: int | None = None
    changes: list[str] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)


def apply_signals(session: Session, signals: Sequence[AlertSignal], now: datetime) -> list[Fact]:
    """Raise, repeat, escalate, lessen and clear alerts; facts for the journal."""
    if not signals:
        return []
    drafts = _open_drafts(session, {signal.open_key for signal in signals})
    for signal in signals:
        draft = drafts.get(signal.open_key)
        if draft is not None:
            _continue(draft, signal, now)
        elif signal.change in (Change.RAISE, Change.ESCALATE):
            drafts[signal.open_key] = _raised(signal, now)
        # A repeat or clear without an open alert: an operator has closed it meanwhile.
    changed = [draft for draft in drafts.values() if draft.changes]
    # In one order, so that two slots that open the same alerts cannot wait for each other.
    new = sorted((d for d in changed if d.alert_id is None), key=lambda d: d.fields["open_key"])
    _insert(session, new)
    _update(session, [draft for draft in changed if "id" in draft.fields])
    _insert_steps(session, changed)
    return [_fact(draft) for draft in changed if draft.steps]


def _open_drafts(session: Session, keys: Iterable[str]) -> dict[str, _Draft]:
    table = Alert.__table__
    query = select(table).where(table.c.open_key.in_(sorted(keys))).order_by(table.c.id)
    rows = session.execute(query.with_for_update()).all()
    return {row.open_key: _Draft(alarm_of(row), dict(row._mapping), row.id) for row in rows}


def _raised(signal: AlertSignal, now: datetime) -> _Draft:
    fields: dict[str, Any] = {
        "open_key": signal.open_key,
        "device_id": signal.device_id,
        "unit_id": signal.unit_id,
        "kind": signal.kind,
        "prop": signal.prop,
        "value_unit": signal.value_unit,
        "raised_at": signal.observed_at,
        "returned_at": None,
        "acknowledged_at": None,
        "acknowledged_by": "",
        "assignee_id": None,
        "assignee_name": "",
        "conference_code": "",
        "conference_uid": "",
    }
    draft = _Draft(machine.raise_alarm(signal.severity), fields)
    _take_level(draft, signal)
    _take_value(draft, signal, now)
    _step(draft, "raised", signal, now)
    return draft


def _continue(draft: _Draft, signal: AlertSignal, now: datetime) -> None:
    step = _CONTINUATIONS[signal.change](draft, signal)
    if step is None:
        return
    draft.fields["is_drill"] = draft.fields["is_drill"] and signal.is_drill
    _take_value(draft, signal, now)
    if step:
        _step(draft, step, signal, now)


def _raise(draft: _Draft, signal: AlertSignal) -> str | None:
    """Another slot has opened it, and this one, which had not heard yet, may have seen worse."""
    is_worse = rank(signal.severity) > rank(draft.alarm.severity)
    return _escalate(draft, signal) if is_worse else _repeat(draft, signal)


def _repeat(draft: _Draft, signal: AlertSignal) -> str | None:
    woken = not draft.alarm.is_active
    draft.alarm = machine.repeat(draft.alarm)
    if woken:
        _take_level(draft, signal)
        draft.alarm = replace(draft.alarm, severity=signal.severity)
    draft.changes.append("repeat")
    return "raised" if woken else ""


def _escalate(draft: _Draft, signal: AlertSignal) -> str | None:
    if not draft.alarm.is_active:
        return _repeat(draft, signal)
    draft.alarm = machine.repeat(draft.alarm)
    _take_level(draft, signal)
    draft.changes.append("escalate")
    # An operator may already have put it higher than the water has.
    if rank(signal.severity) > rank(draft.alarm.severity):
        draft.alarm = machine.escalate(draft.alarm, signal.severity)
        draft.fields["shelved_until"] = None
    return "escalated"


def _lessen(draft: _Draft, signal: AlertSignal) -> str | None:
    draft.alarm = machine.lessen(draft.alarm, signal.severity)
    _take_level(draft, signal)
    draft.changes.append("lessen")
    return "lessened"


def _clear(draft: _Draft, signal: AlertSignal) -> str | None:
    if not draft.alarm.is_active:
        return None
    draft.alarm = machine.clear(draft.alarm)
    draft.fields["returned_at"] = signal.observed_at
    draft.changes.append("clear")
    return "cleared"


_CONTINUATIONS: Final = {
    Change.RAISE: _raise,
    Change.REPEAT: _repeat,
    Change.ESCALATE: _escalate,
    Change.LESSEN: _lessen,
    Change.CLEAR: _clear,
}


def _take_level(draft: _Draft, signal: AlertSignal) -> None:
    title = f"{signal.rule_name} · {signal.device_name}"[:TITLE_LENGTH]
    draft.fields.update(
        rule_id=signal.rule_id,
        threshold=signal.threshold,
        mark=signal.mark,
        title=title,
        title_fold=fold(title)[:TITLE_LENGTH],
    )


def _take_value(draft: _Draft, signal: AlertSignal, now: datetime) -> None:
    draft.fields.setdefault("is_drill", signal.is_drill)
    draft.fields.update(
        value=signal.value,
        observed_at=signal.observed_at,
        changed_at=now,
        severity=draft.alarm.severity.value,
        state=draft.alarm.state.value,
        repeat_count=draft.alarm.count,
    )
    if draft.alarm.is_active:
        draft.fields["returned_at"] = None
    if not draft.alarm.is_acknowledged:
        draft.fields.update(acknowledged_at=None, acknowledged_by="")


def _step(draft: _Draft, verb: str, signal: AlertSignal, now: datetime) -> None:
    detail = {
        "value": signal.value,
        "unit": signal.value_unit,
        "severity": draft.alarm.severity.value,
        "mark": signal.mark,
        "observed_at": signal.observed_at.isoformat(),
    }
    draft.steps.append({"at": now, "verb": verb, "actor_name": "", "note": "", "detail": detail})
    if verb in {"raised", "escalated"}:
        draft.fields["asks_since"] = now
    if verb == "raised":
        draft.changes.append("raise")


def _insert(session: Session, drafts: Sequence[_Draft]) -> None:
    if not drafts:
        return
    statement = insert(Alert).returning(Alert.id, sort_by_parameter_order=True)
    ids = session.scalars(statement, [draft.fields for draft in drafts]).all()
    for draft, alert_id in zip(drafts, ids, strict=True):
        draft.alert_id = alert_id
        draft.fields["code"] = alert_code(alert_id)
    codes = [{"id": draft.alert_id, "code": draft.fields["code"]} for draft in drafts]
    session.execute(update(Alert), codes)


_CHANGEABLE: Final = (
    "id",
    "asks_since",
    "rule_id",
    "severity",
    "state",
    "title",
    "title_fold",
    "value",
    "threshold",
    "mark",
    "observed_at",
    "changed_at",
    "returned_at",
    "acknowledged_at",
    "acknowledged_by",
    "shelved_until",
    "repeat_count",
    "is_drill",
)


def _update(session: Session, drafts: Sequence[_Draft]) -> None:
    if drafts:
        rows = [{name: draft.fields[name] for name in _CHANGEABLE} for draft in drafts]
        session.execute(update(Alert), rows)


def _insert_steps(session: Session, drafts: Sequence[_Draft]) -> None:
    rows = [step | {"alert_id": draft.alert_id} for draft in drafts for step in draft.steps]
    if rows:
        session.execute(insert(AlertStep), rows)


def _fact(draft: _Draft) -> Fact:
    fields = draft.fields
    is_new = draft.changes[0] == "raise" and "id" not in fields
    data = {
        **plain_summary(lambda name: fields.get(name)),
        "id": draft.alert_id,
        "change": draft.steps[-1]["verb"],
    }
    kind = "alert.raised" if is_new else "alert.changed"
    return Fact(kind, [fields["unit_id"]], data, fields["is_drill"])


def stamp(
    session: Session,
    alert: Alert,
    after: Alarm,
    verb: str,
    actor: Actor,
    note: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """Record on the locked alert what somebody did, and the state it has led to."""
    at = present()
    remark = clean(note)[:NOTE_LENGTH]
    alert.state = after.state.value
    alert.changed_at = at
    session.add(
        AlertStep(
            alert_id=alert.id,
            at=at,
            verb=verb,
            actor_name=actor.name,
            note=remark,
            detail=detail or {},
        )
    )
    record_audit(
        session,
        f"smartcity:alert:{verb}",
        alert.code or "",
        unit_id=alert.unit_id,
        detail={"note": remark, **(detail or {})},
        actor=actor,
    )
    data = {**alert_summary(alert), "change": verb, "actor": actor.name}
    record(session, "alert.changed", unit_ids=[alert.unit_id], data=data, drill=alert.is_drill)
