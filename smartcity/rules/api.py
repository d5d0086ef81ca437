"""Rules: what raises an alert."""

from dataclasses import replace
from typing import Annotated, Any, Final, Literal

from pydantic import Field
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.access.actor import current_actor
from hub.access.models import OrgUnit
from hub.api import (
    ApiAnswer,
    ApiModel,
    Code,
    Flag,
    Instant,
    Page,
    PageQuery,
    Words,
    after_id,
    by_code_or_id,
    operation,
    page_of,
    require_visible,
    scope_conditions,
    unit_named,
)
from hub.db import read_session
from hub.errors import FieldError, Invalid, NotFound
from smartcity.devices.api import Kind as DeviceKind
from smartcity.devices.api import device_in_reach
from smartcity.models import Device, Rule
from smartcity.rules.services import RuleDraft, create_rule, edit_rule

CAPABILITY: Final = "rule.view"
MANAGE: Final = "rule.manage"
Kind = Literal["threshold", "alarm_mark", "absence", "detection"]
Severity = Literal["critical", "high", "medium", "low"]
Level = Annotated[float, Field(ge=-1e9, le=1e9)]
Mark = Annotated[int, Field(ge=1, le=3)]
Score = Annotated[float, Field(ge=0, le=1)]
HoldSeconds = Annotated[int, Field(ge=0, le=24 * 3600)]
SilenceSeconds = Annotated[int, Field(ge=1, le=30 * 24 * 3600)]


class RuleAnswer(ApiAnswer):
    """A rule; times in seconds, levels in the unit of the series."""

    id: int
    code: str
    name: str
    kind: Kind
    severity: Severity
    unit: str
    device: str | None
    device_kind: str
    prop: str
    direction: str
    raise_at: float | None
    clear_at: float | None
    mark: int | None
    hysteresis: float
    hold_s: int
    silence_s: int | None
    label: str
    min_score: float | None
    is_active: bool
    basis: str
    updated_at: Instant


class RuleQuery(PageQuery):
    """Filters; ``unit`` takes in everything below it."""

    unit: Annotated[str, Field(max_length=80)] = ""
    kind: Kind | None = None
    severity: Severity | None = None
    is_active: Flag | None = None
    q: Annotated[str, Field(max_length=100)] = ""


class RuleChange(ApiModel):
    """What to change; members left out stay as they are, null empties an optional level."""

    name: Words | None = None
    severity: Severity | None = None
    unit: Code | None = None
    device: Annotated[str, Field(max_length=80)] | None = None
    device_kind: DeviceKind | Literal[""] | None = None
    prop: Annotated[str, Field(max_length=60)] | None = None
    direction: Literal["above", "below"] | None = None
    raise_at: Level | None = None
    clear_at: Level | None = None
    mark: Mark | None = None
    hysteresis: Annotated[float, Field(ge=0, le=1e6)] | None = None
    hold_s: HoldSeconds | None = None
    silence_s: SilenceSeconds | None = None
    label: Annotated[str, Field(max_length=80)] | None = None
    min_score: Score | None = None
    basis: Annotated[str, Field(max_length=200)] | None = None
    is_active: bool | None = None


class RuleBody(RuleChange):
    """A rule to create; which members count depends on its kind."""

    code: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9._-]+$")]
    name: Words
    kind: Kind
    severity: Severity
    unit: Code


_NULLABLE: Final = frozenset({"raise_at", "clear_at", "mark", "silence_s", "min_score"})
_NAMED: Final = frozenset({"unit", "device"})
_PLAIN: Final = tuple(name for name in RuleAnswer.model_fields if name not in _NAMED)


def _filled(session: Session, draft: RuleDraft, body: RuleChange) -> RuleDraft:
    """Return the draft with what was sent."""
    sent: dict[str, Any] = {
        name: getattr(body, name)
        for name in body.model_fields_set - _NAMED
        if name in _NULLABLE or getattr(body, name) is not None
    }
    if body.unit is not None:
        sent["unit_id"] = unit_named(session, current_actor(), body.unit).id
    if "device" in body.model_fields_set:
        sent["device_id"] = _device_id(session, body.device)
    return replace(draft, **sent)


def _device_id(session: Session, code: str | None) -> int | None:
    if not code:
        return None
    try:
        return device_in_reach(session, code, "device.view").id
    except NotFound as error:
        raise Invalid([FieldError("device", str(error))]) from error


def _to_schema(rule: Rule, unit_code: str, device_code: str | None) -> RuleAnswer:
    values = {name: getattr(rule, name) for name in _PLAIN}
    return RuleAnswer.model_construct(unit=unit_code, device=device_code, **values)


def _joined(session: Session, rule: Rule) -> RuleAnswer:
    unit = session.get_one(OrgUnit, rule.unit_id)
    device = session.get(Device, rule.device_id) if rule.device_id else None
    return _to_schema(rule, unit.code, device.code if device else None)


@operation(
    "GET",
    "/rules",
    tag="rules",
    summary="List rules",
    capability=CAPABILITY,
    response=Page[RuleAnswer],
    query=RuleQuery,
)
def list_rules(query: RuleQuery) -> Page[RuleAnswer]:
    """Rules of the caller's area."""
    session = read_session()
    wanted = (
        select(Rule, OrgUnit.code, Device.code)
        .join(OrgUnit, OrgUnit.id == Rule.unit_id)
        .outerjoin(Device, Device.id == Rule.device_id)
        .where(
            *scope_conditions(session, CAPABILITY, Rule.unit_id, query.unit),
            *after_id(Rule.id, query.cursor),
        )
    )
    for column, value in (
        (Rule.kind, query.kind),
        (Rule.severity, query.severity),
        (Rule.is_active, query.is_active),
    ):
        if value is not None:
            wanted = wanted.where(column == value)
    if words := query.q.strip().lower():
        named = func.lower(Rule.name).contains(words, autoescape=True)
        wanted = wanted.where(or_(named, func.lower(Rule.code).contains(words, autoescape=True)))
    rows = session.execute(wanted.order_by(Rule.id).limit(query.limit + 1)).all()
    return page_of(rows, query.limit, lambda row: _to_schema(*row), lambda row: [row[0].id])


def _rule_in_reach(session: Session, ref: str) -> Rule:
    rule = by_code_or_id(session, select(Rule), Rule.code, Rule.id, ref)
    require_visible(session.get_one(OrgUnit, rule.unit_id), CAPABILITY)
    return rule


@operation(
    "GET",
    "/rules/<code:code>",
    tag="rules",
    summary="Read a rule",
    capability=CAPABILITY,
    response=RuleAnswer,
)
def read_rule(code: str) -> RuleAnswer:
    """One rule by its code or id."""
    session = read_session()
    return _joined(session, _rule_in_reach(session, code))


@operation(
    "POST",
    "/rules",
    tag="rules",
    summary="Create a rule",
    capability=MANAGE,
    response=RuleAnswer,
    status=201,
    body=RuleBody,
    errors=(409,),
)
def add_rule(session: Session, body: RuleBody) -> RuleAnswer:
    """Ingest takes a new rule up within seconds."""
    empty = RuleDraft(body.code, body.name, body.kind, body.severity, unit_id=0)
    rule = create_rule(session, current_actor(), _filled(session, empty, body))
    return _joined(session, rule)


@operation(
    "PATCH",
    "/rules/<code:code>",
    tag="rules",
    summary="Change a rule",
    capability=MANAGE,
    response=RuleAnswer,
    body=RuleChange,
)
def change_rule(session: Session, code: str, body: RuleChange) -> RuleAnswer:
    """Alerts already open keep the level they were raised at."""
    rule = _rule_in_reach(session, code)
    names = RuleDraft.__dataclass_fields__
    draft = RuleDraft(**{name: getattr(rule, name) for name in names})
    changed = edit_rule(session, current_actor(), rule.code, _filled(session, draft, body))
    return _joined(session, changed)
