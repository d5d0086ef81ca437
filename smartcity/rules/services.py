"""Rules are checked in words before they are kept: a rule that can never clear is no rule."""

from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.audit import record_audit
from hub.clock import now
from hub.errors import Conflict, FieldError, Invalid, NotFound
from hub.text import clean
from smartcity.domain.rules import Direction
from smartcity.domain.severity import Severity
from smartcity.models import Device, Rule
from smartcity.models.device import DEVICE_KINDS

CAPABILITY: Final = "rule.manage"
RULE_KINDS: Final = ("threshold", "alarm_mark", "absence", "detection")
LONGEST_HOLD_S: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """What a person enters about a rule; seconds, and levels in the unit of the series."""

    code: str
    name: str
    kind: str
    severity: str
    unit_id: int
    device_kind: str = ""
    device_id: int | None = None
    prop: str = ""
    direction: str = "above"
    raise_at: float | None = None
    clear_at: float | None = None
    mark: int | None = None
    hysteresis: float = 0.0
    hold_s: int = 0
    silence_s: int | None = None
    label: str = ""
    min_score: float | None = None
    basis: str = ""
    is_active: bool = True


def create_rule(session: Session, actor: Actor, draft: RuleDraft) -> Rule:
    """Create a rule.

    Raises:
        Invalid: see the field errors.
        Conflict: the code is taken.
    """
    _check(session, actor, draft)
    if session.scalar(select(Rule.id).where(Rule.code == draft.code)) is not None:
        raise Conflict(_("Mã quy tắc %(code)s đã có.", code=draft.code), {"field": "code"})
    rule = Rule(code=draft.code)
    _fill(rule, draft)
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
    _check(session, actor, draft)
    _fill(rule, draft)
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


def _check(session: Session, actor: Actor, draft: RuleDraft) -> None:
    errors = _common_errors(session, actor, draft)
    check = {
        "threshold": _threshold_errors,
        "alarm_mark": _mark_errors,
        "absence": _absence_errors,
        "detection": _detection_errors,
    }.get(draft.kind)
    if check is None:
        errors.append(FieldError("kind", _("Chọn loại quy tắc.")))
    else:
        errors += check(draft)
    if errors:
        raise Invalid(errors)


def _common_errors(session: Session, actor: Actor, draft: RuleDraft) -> list[FieldError]:
    errors = []
    unit = session.get(OrgUnit, draft.unit_id)
    if unit is None or not actor.can_at(CAPABILITY, unit):
        errors.append(FieldError("unit", _("Chọn một đơn vị trong khu vực của bạn.")))
    if not draft.code or not all(c.isascii() and (c.isalnum() or c in "-_.") for c in draft.code):
        errors.append(FieldError("code", _("Mã chỉ gồm chữ không dấu, số, gạch và dấu chấm.")))
    if not clean(draft.name):
        errors.append(FieldError("name", _("Nhập tên: nó thành tiêu đề của cảnh báo.")))
    if draft.severity not in set(Severity):
        errors.append(FieldError("severity", _("Chọn mức độ.")))
    if draft.device_kind not in {"", *DEVICE_KINDS}:
        errors.append(FieldError("device_kind", _("Chọn loại thiết bị.")))
    if draft.device_id is not None and session.get(Device, draft.device_id) is None:
        errors.append(FieldError("device", _("Không có thiết bị này.")))
    if not 0 <= draft.hold_s <= LONGEST_HOLD_S:
        errors.append(FieldError("hold_s", _("Thời gian giữ từ 0 giây đến 24 giờ.")))
    return errors


def _threshold_errors(draft: RuleDraft) -> list[FieldError]:
    errors = []
    if not draft.prop:
        errors.append(FieldError("prop", _("Nhập tên đại lượng, ví dụ rainfall_24h.")))
    if draft.direction not in set(Direction):
        errors.append(FieldError("direction", _("Chọn phía vượt ngưỡng.")))
    if draft.raise_at is None:
        errors.append(FieldError("raise_at", _("Nhập mức báo.")))
    elif draft.clear_at is not None:
        errors += _clear_errors(draft, draft.raise_at, draft.clear_at)
    return errors


def _clear_errors(draft: RuleDraft, raise_at: float, clear_at: float) -> list[FieldError]:
    if draft.direction == Direction.ABOVE and clear_at > raise_at:
        sentence = _("Báo khi vượt lên thì mức hết báo phải bằng hoặc thấp hơn mức báo.")
        return [FieldError("clear_at", sentence)]
    if draft.direction == Direction.BELOW and clear_at < raise_at:
        sentence = _("Báo khi xuống thấp thì mức hết báo phải bằng hoặc cao hơn mức báo.")
        return [FieldError("clear_at", sentence)]
    return []


def _mark_errors(draft: RuleDraft) -> list[FieldError]:
    errors = []
    if draft.mark not in {1, 2, 3}:
        errors.append(FieldError("mark", _("Chọn BĐ1, BĐ2 hoặc BĐ3.")))
    if not 0 <= draft.hysteresis <= 1:
        errors.append(FieldError("hysteresis", _("Khoảng trễ từ 0 đến 1 m.")))
    return errors


def _absence_errors(draft: RuleDraft) -> list[FieldError]:
    if draft.silence_s is None or draft.silence_s < 1:
        return [FieldError("silence_s", _("Nhập số giây im lặng, từ 1 trở lên."))]
    return []


def _detection_errors(draft: RuleDraft) -> list[FieldError]:
    errors = []
    if not draft.label:
        errors.append(FieldError("label", _("Nhập nhãn nhận dạng, ví dụ flooded_road.")))
    if draft.min_score is not None and not 0 <= draft.min_score <= 1:
        errors.append(FieldError("min_score", _("Độ tin từ 0 đến 1.")))
    return errors


_COPIED: Final = (
    "kind",
    "severity",
    "unit_id",
    "device_kind",
    "device_id",
    "prop",
    "direction",
    "raise_at",
    "clear_at",
    "mark",
    "hysteresis",
    "hold_s",
    "silence_s",
    "label",
    "min_score",
    "is_active",
)


def _fill(rule: Rule, draft: RuleDraft) -> None:
    for name in _COPIED:
        setattr(rule, name, getattr(draft, name))
    rule.name = clean(draft.name)[:160]
    rule.basis = clean(draft.basis)[:200]
    rule.updated_at = now()


def _audited(session: Session, actor: Actor, rule: Rule, verb: str) -> None:
    record_audit(
        session,
        f"smartcity:rule:{verb}",
        rule.code,
        unit_id=rule.unit_id,
        detail={"name": rule.name, "kind": rule.kind, "severity": rule.severity},
        actor=actor,
    )
