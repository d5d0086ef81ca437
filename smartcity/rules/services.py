"""Rules are checked in words before they are kept: a rule that can never clear is no rule."""

from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.audit import record_audit
from hub.clock import now
from hub.errors import Conflict, FieldError, Invalid, NotFound
from hub.orgunits.queries import unit_for, unit_ref
from smartcity.models import Device, Rule
from smartcity.rules.drafts import RuleDraft

CAPABILITY: Final = "rule.manage"


def create_rule(session: Session, actor: Actor, draft: RuleDraft) -> Rule:
    """Create a rule.

    Raises:
        Invalid: see the field errors.
        Conflict: the code is taken.
    """
    unit = _unit(session, actor, draft)
    device_id = _device_id(session, actor, draft.device)
    _refuse_useless(draft)
    if session.scalar(select(Rule.id).where(Rule.code == draft.code)) is not None:
        raise Conflict(_("Mã quy tắc %(code)s đã có.", code=draft.code), {"field": "code"})
    rule = Rule(code=draft.code)
    _fill(rule, draft, unit, device_id)
    session.add(rule)
    session.flush()
    _audited(session, actor, rule, "created")
    return rule


def edit_rule(session: Session, actor: Actor, code: str, draft: RuleDraft) -> Rule:
    """Change a rule; alerts already open keep the level they were raised at.

    Raises:
        NotFound: no such rule.
        Invalid: see the field errors.
    """
    rule = _permitted(session, actor, code)
    present = session.get_one(OrgUnit, rule.unit_id)
    unit = _unit(session, actor, draft, present)
    device_id = _device_id(session, actor, draft.device)
    _refuse_useless(draft)
    _fill(rule, draft, unit, device_id)
    _audited(session, actor, rule, "edited")
    return rule


def activate_rule(session: Session, actor: Actor, code: str, is_active: bool) -> Rule:
    """Switch a rule on or off; off raises nothing new and leaves open alerts alone."""
    rule = _permitted(session, actor, code)
    rule.is_active = is_active
    rule.updated_at = now()
    _audited(session, actor, rule, "switched_on" if is_active else "switched_off")
    return rule


def _permitted(session: Session, actor: Actor, code: str) -> Rule:
    rule = session.scalars(select(Rule).where(Rule.code == code)).one_or_none()
    unit = session.get(OrgUnit, rule.unit_id) if rule else None
    if rule is None or unit is None:
        raise NotFound("")
    actor.require(CAPABILITY, unit)
    return rule


def _unit(
    session: Session, actor: Actor, draft: RuleDraft, present: OrgUnit | None = None
) -> OrgUnit:
    return unit_for(session, actor, draft.unit, CAPABILITY, present)


def _device_id(session: Session, actor: Actor, code: str) -> int | None:
    if not code:
        return None
    device = session.scalars(select(Device).where(Device.code == code)).one_or_none()
    if device is None or not actor.can_at("device.view", device.unit):
        raise Invalid([FieldError("device", _("Không có thiết bị này."))])
    return device.id


def _refuse_useless(draft: RuleDraft) -> None:
    """Refuse a rule that lacks what its kind needs, or that could never clear."""
    check = {
        "threshold": _threshold_errors,
        "alarm_mark": _mark_errors,
        "absence": _absence_errors,
        "detection": _detection_errors,
    }[draft.kind]
    errors = check(draft)
    if errors:
        raise Invalid(errors)


def _threshold_errors(draft: RuleDraft) -> list[FieldError]:
    errors = []
    if not draft.prop:
        errors.append(FieldError("prop", _("Nhập tên đại lượng, ví dụ rainfall_24h.")))
    if draft.raise_at is None:
        errors.append(FieldError("raise_at", _("Nhập mức báo.")))
    elif draft.clear_at is not None:
        errors += _clear_errors(draft, draft.raise_at, draft.clear_at)
    return errors


def _clear_errors(draft: RuleDraft, raise_at: float, clear_at: float) -> list[FieldError]:
    if draft.direction == "above" and clear_at > raise_at:
        sentence = _("Báo khi vượt lên thì mức hết báo phải bằng hoặc thấp hơn mức báo.")
        return [FieldError("clear_at", sentence)]
    if draft.direction == "below" and clear_at < raise_at:
        sentence = _("Báo khi xuống thấp thì mức hết báo phải bằng hoặc cao hơn mức báo.")
        return [FieldError("clear_at", sentence)]
    return []


def _mark_errors(draft: RuleDraft) -> list[FieldError]:
    errors = []
    if draft.mark is None:
        errors.append(FieldError("mark", str(RuleDraft.sentences["mark"])))
    if not 0 <= draft.hysteresis <= 1:
        errors.append(FieldError("hysteresis", _("Khoảng trễ từ 0 đến 1 m.")))
    return errors


def _absence_errors(draft: RuleDraft) -> list[FieldError]:
    if draft.silence_s is None:
        return [FieldError("silence_s", str(RuleDraft.sentences["silence_s"]))]
    return []


def _detection_errors(draft: RuleDraft) -> list[FieldError]:
    if not draft.label:
        return [FieldError("label", _("Nhập nhãn nhận dạng, ví dụ flooded_road."))]
    return []


def rule_values(rule: Rule, unit: OrgUnit, device_code: str) -> dict[str, Any]:
    """Return what a rule is now, in the names of its draft."""
    return RuleDraft.values_of(rule, unit=unit_ref(unit), device=device_code)


def _fill(rule: Rule, draft: RuleDraft, unit: OrgUnit, device_id: int | None) -> None:
    for name, value in draft.model_dump(exclude={"unit", "device"}).items():
        setattr(rule, name, value)
    rule.unit_id, rule.device_id, rule.updated_at = unit.id, device_id, now()


def _audited(session: Session, actor: Actor, rule: Rule, verb: str) -> None:
    record_audit(
        session,
        f"smartcity:rule:{verb}",
        rule.code,
        unit_id=rule.unit_id,
        detail={"name": rule.name, "kind": rule.kind, "severity": rule.severity},
        actor=actor,
    )
