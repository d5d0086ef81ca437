"""Rules are checked in words before they are kept: a rule that can never clear is no rule."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.audit import record_audit
from hub.clock import now
from hub.errors import Conflict, FieldError, Invalid, NotFound, Refusals
from hub.orgunits.queries import unit_for, unit_ref
from hub.versions import Seen, claim
from smartcity.models import Device, Rule
from smartcity.rules.drafts import RuleDraft

CAPABILITY: Final = "rule.manage"


# What a rule of a kind cannot do without.
NEEDS: Final[Mapping[str, Mapping[str, object]]] = {
    "threshold": {
        "prop": _l("Nhập tên đại lượng, ví dụ rainfall_24h."),
        "raise_at": _l("Nhập mức báo."),
    },
    "alarm_mark": {"mark": RuleDraft.sentences["mark"]},
    "absence": {"silence_s": RuleDraft.sentences["silence_s"]},
    "detection": {"label": _l("Nhập nhãn nhận dạng, ví dụ flooded_road.")},
}


def create_rule(session: Session, actor: Actor, values: Mapping[str, Any]) -> Rule:
    """Create the rule that these values of its draft describe.

    Raises:
        Invalid: see the field errors.
        Conflict: the code is taken.
    """
    draft, unit, device = _read(session, actor, values)
    if session.scalar(select(Rule.id).where(Rule.code == draft.code)) is not None:
        raise Conflict(_("Mã quy tắc %(code)s đã có.", code=draft.code), {"field": "code"})
    rule = Rule(code=draft.code)
    _fill(rule, draft, unit, device)
    session.add(rule)
    session.flush()
    _audited(session, actor, rule, "created")
    return rule


def edit_rule(
    session: Session, actor: Actor, code: str, values: Mapping[str, Any], seen: Seen = None
) -> Rule:
    """Change what is given of a rule; alerts already open keep the level they were raised at.

    Raises:
        NotFound: no such rule.
        Invalid: see the field errors.
        Stale: it was changed since.
    """
    rule = _permitted(session, actor, code, seen)
    whole = {**rule_values(session, rule), **values, "code": rule.code}
    draft, unit, device = _read(session, actor, whole, rule)
    _fill(rule, draft, unit, device)
    session.flush()
    _audited(session, actor, rule, "edited")
    return rule


def _read(
    session: Session, actor: Actor, values: Mapping[str, Any], rule: Rule | None = None
) -> tuple[RuleDraft, OrgUnit, Device | None]:
    """Return what the values say, what they name, or everything that is to be mended."""
    present = session.get_one(OrgUnit, rule.unit_id) if rule else None
    refusals = Refusals()
    for name, sentence in NEEDS.get(values.get("kind", ""), {}).items():
        if values.get(name) in (None, ""):
            refusals.add(name, str(sentence))
    with refusals.heeded():
        draft = RuleDraft.read(values)
        _refuse_useless(draft)
    with refusals.heeded():
        unit = unit_for(session, actor, values.get("unit"), CAPABILITY, present)
    with refusals.heeded():
        device = _device(session, actor, values.get("device"), rule)
    refusals.settle()
    return draft, unit, device


def activate_rule(session: Session, actor: Actor, code: str, is_active: bool) -> Rule:
    """Switch a rule on or off; off raises nothing new and leaves open alerts alone."""
    rule = _permitted(session, actor, code)
    rule.is_active = is_active
    rule.updated_at = now()
    _audited(session, actor, rule, "switched_on" if is_active else "switched_off")
    return rule


def _permitted(session: Session, actor: Actor, code: str, seen: Seen = None) -> Rule:
    rule = session.scalars(select(Rule).where(Rule.code == code)).one_or_none()
    if rule is not None:
        claim(session, rule, seen)
    unit = session.get(OrgUnit, rule.unit_id) if rule else None
    if rule is None or unit is None:
        raise NotFound("")
    actor.require(CAPABILITY, unit)
    return rule


def _device(session: Session, actor: Actor, code: str | None, rule: Rule | None) -> Device | None:
    """Return the device a draft names; the rule's own may stay, moved out of sight or not."""
    if not code:
        return None
    device = session.scalars(select(Device).where(Device.code == code)).one_or_none()
    stays = device is not None and rule is not None and device.id == rule.device_id
    if device is None or not (stays or actor.can_at("device.view", device.unit)):
        raise Invalid([FieldError("device", _("Không có thiết bị này."))])
    return device


def _refuse_useless(draft: RuleDraft) -> None:
    """Refuse a rule that could never clear."""
    errors: list[FieldError] = []
    if draft.kind == "threshold" and draft.raise_at is not None and draft.clear_at is not None:
        errors += _clear_errors(draft, draft.raise_at, draft.clear_at)
    if draft.kind == "alarm_mark" and not 0 <= draft.hysteresis <= 1:
        errors.append(FieldError("hysteresis", _("Khoảng trễ từ 0 đến 1 m.")))
    if errors:
        raise Invalid(errors)


def _clear_errors(draft: RuleDraft, raise_at: float, clear_at: float) -> list[FieldError]:
    if draft.direction == "above" and clear_at > raise_at:
        sentence = _("Báo khi vượt lên thì mức hết báo phải bằng hoặc thấp hơn mức báo.")
        return [FieldError("clear_at", sentence)]
    if draft.direction == "below" and clear_at < raise_at:
        sentence = _("Báo khi xuống thấp thì mức hết báo phải bằng hoặc cao hơn mức báo.")
        return [FieldError("clear_at", sentence)]
    return []


def rule_values(session: Session, rule: Rule) -> dict[str, Any]:
    """Return what a rule is now, in the names of its draft."""
    unit = session.get_one(OrgUnit, rule.unit_id)
    device = session.get(Device, rule.device_id) if rule.device_id else None
    return RuleDraft.values_of(rule, unit=unit_ref(unit), device=device.code if device else "")


def _fill(rule: Rule, draft: RuleDraft, unit: OrgUnit, device: Device | None) -> None:
    for name, value in draft.model_dump(exclude={"unit", "device"}).items():
        setattr(rule, name, value)
    rule.unit_id, rule.device_id, rule.updated_at = unit.id, device.id if device else None, now()


def _audited(session: Session, actor: Actor, rule: Rule, verb: str) -> None:
    record_audit(
        session,
        f"smartcity:rule:{verb}",
        rule.code,
        unit_id=rule.unit_id,
        detail={"name": rule.name, "kind": rule.kind, "severity": rule.severity},
        actor=actor,
    )
