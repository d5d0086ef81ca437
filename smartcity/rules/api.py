"""Rules: what raises an alert."""

from typing import Annotated, Any, Final

from pydantic import Field
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.access.actor import current_actor
from hub.access.models import OrgUnit
from hub.api import (
    ApiModel,
    Flag,
    Instant,
    Page,
    PageQuery,
    after_id,
    answer_of,
    body_of,
    by_code_or_id,
    change_of,
    operation,
    page_of,
    require_visible,
    scope_conditions,
    seen_by_caller,
    sent_values,
)
from hub.db import read_session
from hub.errors import FieldError, Invalid, NotFound
from smartcity.devices.api import device_in_reach
from smartcity.domain.severity import SeverityName
from smartcity.models import Device, Rule
from smartcity.rules.drafts import RuleDraft, RuleKind
from smartcity.rules.services import create_rule, edit_rule

CAPABILITY: Final = "rule.view"
MANAGE: Final = "rule.manage"


class RuleAnswer(answer_of(RuleDraft)):  # type: ignore[misc]
    """A rule; times in seconds, levels in the unit of the series."""

    device: str | None
    updated_at: Instant


class RuleQuery(PageQuery):
    """Filters; ``unit`` takes in everything below it."""

    unit: Annotated[str, Field(max_length=80)] = ""
    kind: RuleKind | None = None
    severity: SeverityName | None = None
    is_active: Flag | None = None
    q: Annotated[str, Field(max_length=100)] = ""


class RuleBody(body_of(RuleDraft)):  # type: ignore[misc]
    """A rule to create; which members count depends on its kind."""


class RuleChange(change_of(RuleDraft, "code", "kind")):  # type: ignore[misc]
    """What to change; members left out stay as they are, null empties an optional level."""


EMPTIED: Final = ("device", "raise_at", "clear_at", "mark", "silence_s", "min_score")


def _sent(session: Session, body: ApiModel) -> dict[str, Any]:
    """Return what was sent; a device may be named by its id, null names none."""
    sent = sent_values(body, *EMPTIED)
    if "device" in sent:
        sent["device"] = _device_code(session, sent["device"])
    return sent


def _device_code(session: Session, ref: str | None) -> str:
    try:
        return device_in_reach(session, ref, "device.view").code if ref else ""
    except NotFound as error:
        raise Invalid([FieldError("device", str(error))]) from error


def _to_schema(rule: Rule, unit_code: str, device_code: str | None) -> RuleAnswer:
    values = RuleDraft.values_of(rule, unit=unit_code, device=device_code)
    answer: RuleAnswer = RuleAnswer.model_construct(
        id=rule.id, version=rule.version, updated_at=rule.updated_at, **values
    )
    return answer


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
    return _joined(session, create_rule(session, current_actor(), _sent(session, body)))


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
    sent = _sent(session, body)
    changed = edit_rule(session, current_actor(), rule.code, sent, seen_by_caller())
    return _joined(session, changed)
