"""Alerts: lists and one alert with its steps."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from hub.api import (
    ApiAnswer,
    Instant,
    Page,
    PageQuery,
    after_id,
    by_code_or_id,
    operation,
    page_of,
    require_visible,
    scope_conditions,
)
from hub.db import read_session
from hub.text import fold
from smartcity.alerts.queries import OPEN_STATES
from smartcity.domain.severity import SeverityName
from smartcity.models import Alert, AlertStep

CAPABILITY: Final = "alert.view"
State = Literal["UNACK", "ACKED", "RTNUN", "SHLVD", "NORM", "CLOSED"]


class AlertAnswer(ApiAnswer):
    """One alert; ``state`` follows ISA-18.2, value and threshold are in ``value_unit``."""

    id: int
    code: str | None
    kind: str
    severity: str
    state: State
    title: str
    device: str
    unit: str
    prop: str
    value: float | None
    value_unit: str
    threshold: float | None
    mark: int | None
    repeat_count: int
    raised_at: Instant
    observed_at: Instant
    changed_at: Instant
    returned_at: Instant | None
    acknowledged_at: Instant | None
    acknowledged_by: str
    assignee: str
    shelved_until: Instant | None
    closed_at: Instant | None
    conference: str | None
    is_drill: bool


class Step(ApiAnswer):
    """One stamped step of an alert's life."""

    id: int
    at: Instant
    verb: str
    actor: str
    note: str
    detail: dict[str, Any]


class AlertWithSteps(AlertAnswer):
    """One alert and everything that happened to it, oldest first."""

    steps: list[Step]


class AlertQuery(PageQuery):
    """Filters; ``status`` is a state, or ``open`` for all that are neither closed nor normal."""

    unit: Annotated[str, Field(max_length=80)] = ""
    status: State | Literal["open"] | None = None
    severity: SeverityName | None = None
    kind: Annotated[str, Field(max_length=20)] = ""
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None
    q: Annotated[str, Field(max_length=100)] = ""


_RENAMED: Final = frozenset({"device", "unit", "assignee", "conference", "steps"})
_PLAIN: Final = tuple(name for name in AlertAnswer.model_fields if name not in _RENAMED)


def _members(alert: Alert) -> dict[str, Any]:
    return {
        **{name: getattr(alert, name) for name in _PLAIN},
        "device": alert.device.code,
        "unit": alert.unit.code,
        "assignee": alert.assignee_name,
        "conference": alert.conference_code or None,
    }


def _to_schema(alert: Alert) -> AlertAnswer:
    return AlertAnswer.model_construct(**_members(alert))


def alert_with_steps(alert: Alert) -> AlertWithSteps:
    """Return the alert as the API states it, its steps read anew."""
    steps = [_step(step) for step in alert.steps]
    return AlertWithSteps.model_construct(**_members(alert), steps=steps)


def _step(step: AlertStep) -> Step:
    # Secrets of forms ("form_token") are nobody else's business.
    detail = {name: value for name, value in step.detail.items() if name != "form_token"}
    return Step.model_construct(
        id=step.id,
        at=step.at,
        verb=step.verb,
        actor=step.actor_name,
        note=step.note,
        detail=detail,
    )


@operation(
    "GET",
    "/alerts",
    tag="alerts",
    summary="List alerts",
    capability=CAPABILITY,
    response=Page[AlertAnswer],
    query=AlertQuery,
)
def list_alerts(query: AlertQuery) -> Page[AlertAnswer]:
    """Alerts of the caller's area, newest first."""
    session = read_session()
    wanted = _narrowed(session, query).where(*after_id(Alert.id, query.cursor, newest_first=True))
    rows = session.scalars(wanted.order_by(Alert.id.desc()).limit(query.limit + 1)).unique().all()
    return page_of(rows, query.limit, _to_schema, lambda alert: [alert.id])


def _narrowed(session: Session, query: AlertQuery) -> Select[Alert]:
    wanted = select(Alert).where(*scope_conditions(session, CAPABILITY, Alert.unit_id, query.unit))
    if query.status:
        states = OPEN_STATES if query.status == "open" else (query.status,)
        wanted = wanted.where(Alert.state.in_(states))
    if query.severity:
        wanted = wanted.where(Alert.severity == query.severity)
    if query.kind:
        wanted = wanted.where(Alert.kind == query.kind)
    if query.from_:
        wanted = wanted.where(Alert.raised_at >= query.from_)
    if query.to:
        wanted = wanted.where(Alert.raised_at < query.to)
    if words := fold(query.q):
        titled = Alert.title_fold.contains(words, autoescape=True)
        coded = func.lower(Alert.code).contains(words, autoescape=True)
        wanted = wanted.where(or_(titled, coded))
    return wanted


def alert_in_reach(session: Session, ref: str) -> Alert:
    """Return an alert by code or id. Raises NotFound."""
    query = select(Alert).options(selectinload(Alert.steps))
    alert = by_code_or_id(session, query, Alert.code, Alert.id, ref)
    require_visible(alert.unit, CAPABILITY)
    return alert


@operation(
    "GET",
    "/alerts/<code:code>",
    tag="alerts",
    summary="Read an alert with its steps",
    capability=CAPABILITY,
    response=AlertWithSteps,
)
def read_alert(code: str) -> AlertWithSteps:
    """One alert by its code or id."""
    return alert_with_steps(alert_in_reach(read_session(), code))
