"""Rules: what raises an alert, readable and changeable by those who answer for it."""

from collections.abc import Mapping, Sequence
from typing import Final

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, SelectChoice
from wtforms.validators import Optional

from hub.access import Actor, current_actor, requires
from hub.access.actor import Scope
from hub.access.models import OrgUnit
from hub.audit.queries import last_saved
from hub.db import in_transaction, read_session
from hub.errors import Conflict, NotFound
from hub.ui.editing import Kept
from hub.ui.formats import number_vi
from hub.ui.forms import ChoiceField, DraftForm, NumberField, WholeNumberField, keep_form, limits
from smartcity import arguments
from smartcity.blueprint import bp
from smartcity.devices.looks import DEVICE_KIND_WORDS
from smartcity.domain.severity import SEVERITY_ORDER
from smartcity.form_fields import SEVERITIES, choices_of, text_field
from smartcity.models import Device, Rule
from smartcity.models.device import DEVICE_KINDS
from smartcity.rules import services
from smartcity.rules.drafts import RULE_KINDS, RuleDraft
from smartcity.words import property_word, span_words

RULE_KIND_WORDS: Final[Mapping[str, object]] = {
    "threshold": _l("Vượt ngưỡng"),
    "alarm_mark": _l("Mức báo động sông"),
    "absence": _l("Im lặng"),
    "detection": _l("Nhận dạng từ camera"),
}


def rules_in(session: Session, scope: Scope) -> Sequence[Rule]:
    """Return the rules_in of a part of the province: by kind, then the gravest first."""
    found = session.scalars(select(Rule).where(scope.clause(Rule.unit_id))).all()
    return sorted(
        found, key=lambda rule: (rule.kind, SEVERITY_ORDER.index(rule.severity), rule.code)
    )


def rule_by_code(session: Session, code: str) -> Rule | None:
    """Return the rule of this code."""
    return session.scalars(select(Rule).where(Rule.code == code)).one_or_none()


class RuleForm(DraftForm):
    """A rule; which fields count depends on its kind."""

    draft = RuleDraft

    code = text_field(RuleDraft, "code", _l("Mã"))
    name = text_field(RuleDraft, "name", _l("Tên"), _l("Thành tiêu đề của cảnh báo."))
    kind = ChoiceField(
        _l("Loại"), choices=choices_of([(kind, RULE_KIND_WORDS[kind]) for kind in RULE_KINDS])
    )
    severity = ChoiceField(_l("Mức độ"), choices=choices_of(SEVERITIES))
    unit = ChoiceField(_l("Áp dụng trong"), validate_choice=False)
    device_kind = ChoiceField(
        _l("Loại thiết bị"),
        choices=choices_of(
            [("", _l("Mọi loại")), *((kind, DEVICE_KIND_WORDS[kind]) for kind in DEVICE_KINDS)]
        ),
    )
    device = text_field(
        RuleDraft,
        "device",
        _l("Chỉ một thiết bị"),
        _l("Mã thiết bị; để trống là mọi thiết bị của loại."),
    )
    prop = text_field(
        RuleDraft, "prop", _l("Đại lượng"), _l("Ví dụ water_level, rainfall_24h, mains.")
    )
    direction = ChoiceField(
        _l("Báo khi"),
        choices=choices_of([("above", _l("vượt lên trên")), ("below", _l("xuống dưới"))]),
    )
    raise_at = NumberField(_l("Mức báo"), limits(RuleDraft, "raise_at"))
    clear_at = NumberField(
        _l("Mức hết báo"),
        limits(RuleDraft, "clear_at"),
        description=_l("Cách mức báo một khoảng để không nhấp nháy."),
    )
    mark = ChoiceField(
        _l("Mức báo động"),
        choices=choices_of([("", "–"), ("1", "BĐ1"), ("2", "BĐ2"), ("3", "BĐ3")]),
    )
    hysteresis = NumberField(_l("Khoảng trễ (m)"), [Optional()], default="0,05")
    hold_s = WholeNumberField(_l("Kéo dài ít nhất (giây)"), [Optional()], default=0)
    silence_s = WholeNumberField(_l("Im lặng quá (giây)"), limits(RuleDraft, "silence_s"))
    label = text_field(RuleDraft, "label", _l("Nhãn nhận dạng"))
    min_score = NumberField(
        _l("Độ tin tối thiểu"), limits(RuleDraft, "min_score"), description=_l("Từ 0 đến 1.")
    )
    basis = text_field(RuleDraft, "basis", _l("Căn cứ"))
    is_active = BooleanField(_l("Đang dùng"), default=True)


@bp.app_context_processor
def _rule_kinds() -> dict[str, object]:
    return {"rule_kind_words": RULE_KIND_WORDS}


@bp.app_template_filter()
def rule_sentence(rule: Rule) -> str:
    """Say in words when the rule raises: "Mưa 24 giờ vượt 200, hết báo dưới 180"."""
    if rule.kind == "alarm_mark":
        back = number_vi(rule.hysteresis * 100, 0)
        return _(
            "mực nước đạt BĐ%(mark)s của trạm, hết báo khi thấp hơn %(cm)s cm",
            mark=rule.mark,
            cm=back,
        )
    if rule.kind == "absence":
        return _("không có tin nào quá %(span)s", span=span_words(rule.silence_s or 0))
    if rule.kind == "detection":
        score = number_vi(rule.min_score or 0)
        return _("camera nhận dạng %(label)s, độ tin từ %(score)s", label=rule.label, score=score)
    return _threshold_sentence(rule)


def _threshold_sentence(rule: Rule) -> str:
    words = {
        "prop": property_word(rule.prop),
        "value": number_vi(rule.raise_at),
        "clear": number_vi(rule.clear_at if rule.clear_at is not None else rule.raise_at),
    }
    if rule.direction == "above":
        sentence = _("%(prop)s từ %(value)s trở lên, hết báo dưới %(clear)s", **words)
    else:
        sentence = _("%(prop)s từ %(value)s trở xuống, hết báo trên %(clear)s", **words)
    return (
        f"{sentence}, {_('kéo dài %(span)s', span=span_words(rule.hold_s))}"
        if rule.hold_s
        else sentence
    )


@bp.get("/rules")
@requires("rule.view")
def rules() -> str:
    """List the rules."""
    session, actor = read_session(), current_actor()
    found = rules_in(session, actor.scope_for("rule.view"))
    units = {
        unit.id: unit
        for unit in session.query(OrgUnit).where(OrgUnit.id.in_({r.unit_id for r in found}))
    }
    devices = {
        d.id: d for d in session.query(Device).where(Device.id.in_({r.device_id for r in found}))
    }
    return render_template(
        "smartcity/rules.html",
        rules=found,
        units=units,
        devices=devices,
        can_manage=actor.can("rule.manage"),
    )


@bp.get("/rules/new")
@requires("rule.manage")
def new_rule() -> str:
    """Show the empty form of a rule."""
    return _form_page(RuleForm(), None, [])


@bp.post("/rules/new")
@requires("rule.manage")
def create_rule() -> ResponseReturnValue:
    """Create a rule from the form."""
    form = RuleForm(request.form)
    return _saved(form, None)


@bp.get("/rules/<code>")
@requires("rule.view")
def rule_page(code: str) -> str:
    """Show a rule in its form; who may not change it reads it."""
    session, actor = read_session(), current_actor()
    rule = _visible(session, actor, code)
    return _form_page(_filled(session, rule), rule, [])


@bp.post("/rules/<code>")
@requires("rule.manage")
def edit_rule(code: str) -> ResponseReturnValue:
    """Save the form of a rule."""
    form = RuleForm(request.form, data={"code": code})
    form.code.data = code
    return _saved(form, _visible(read_session(), current_actor(), code))


@bp.post("/rules/<code>/active")
@requires("rule.manage")
def activate_rule(code: str) -> ResponseReturnValue:
    """Switch a rule on or off."""
    is_active = request.form.get("active") == "1"
    actor = current_actor()
    in_transaction(lambda session: services.activate_rule(session, actor, code, is_active))
    flash(f"{_('Đã bật') if is_active else _('Đã tắt')} {code}", "success")
    return redirect(url_for("smartcity.rules"))


def _visible(session: Session, actor: Actor, code: str) -> Rule:
    rule = rule_by_code(session, code)
    unit = session.get(OrgUnit, rule.unit_id) if rule else None
    if rule is None or unit is None:
        raise NotFound("")
    actor.require("rule.view", unit)
    return rule


def _saved(form: RuleForm, rule: Rule | None) -> ResponseReturnValue:
    actor = current_actor()

    def act(session: Session) -> str:
        if rule is None:
            return services.create_rule(session, actor, form.values).code
        return services.edit_rule(session, actor, rule.code, form.values, form.seen).code

    extra: list[tuple[str, str]] = []
    try:
        code, extra = keep_form(form, act, present=lambda: _present(form.code.data))
        if code:
            flash(_("Đã lưu quy tắc %(code)s", code=code), "success")
            return redirect(url_for("smartcity.rules"))
    except Conflict as taken:
        form.code.errors = [taken.message]
    return make_response(_form_page(form, rule, extra), form.refusal)


def _present(code: str) -> Kept:
    session, actor = read_session(), current_actor()
    form = _filled(session, _visible(session, actor, code))
    form.unit.choices = _unit_choices(actor)
    return Kept(form, url_for("smartcity.rules"), last_saved(session, "smartcity:rule", code))


_NUMBERS: Final = ("raise_at", "clear_at", "hysteresis", "min_score")


def _filled(session: Session, rule: Rule) -> RuleForm:
    unit = session.get_one(OrgUnit, rule.unit_id)
    values = services.rule_values(session, rule)
    for name in _NUMBERS:
        number: float | None = values[name]
        values[name] = "" if number is None else f"{number:g}".replace(".", ",")
    typed = {"unit": unit.code, "mark": str(rule.mark or ""), "version": rule.version}
    return RuleForm(data={**values, **typed})


def _unit_choices(actor: Actor) -> list[SelectChoice]:
    return choices_of(arguments.unit_choices(actor.scope_for("rule.view"), heads_only=True))


def _form_page(form: RuleForm, rule: Rule | None, extra: list[tuple[str, str]]) -> str:
    actor = current_actor()
    form.unit.choices = _unit_choices(actor)
    return render_template(
        "smartcity/rule_form.html",
        form=form,
        rule=rule,
        extra=extra,
        can_manage=actor.can("rule.manage"),
    )
