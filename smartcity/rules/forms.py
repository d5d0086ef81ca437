"""The form of a rule: what was typed is kept as typed."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, IntegerField, SelectField
from wtforms.validators import Optional

from smartcity.form_fields import SEVERITIES, NumberField, choices_of, text_field
from smartcity.models.device import DEVICE_KINDS
from smartcity.rules.services import RULE_KINDS
from smartcity.words import DEVICE_KIND_WORDS, RULE_KIND_WORDS


class RuleForm(Form):  # type: ignore[misc]
    """A rule; which fields count depends on its kind."""

    code = text_field(_l("Mã"), 60, required=True)
    name = text_field(_l("Tên"), 160, required=True, hint=_l("Thành tiêu đề của cảnh báo."))
    kind = SelectField(
        _l("Loại"), choices=choices_of([(kind, RULE_KIND_WORDS[kind]) for kind in RULE_KINDS])
    )
    severity = SelectField(_l("Mức độ"), choices=choices_of(SEVERITIES))
    unit = SelectField(_l("Áp dụng trong"), validate_choice=False)
    device_kind = SelectField(
        _l("Loại thiết bị"),
        choices=choices_of(
            [("", _l("Mọi loại")), *((kind, DEVICE_KIND_WORDS[kind]) for kind in DEVICE_KINDS)]
        ),
    )
    device = text_field(
        _l("Chỉ một thiết bị"), 80, hint=_l("Mã thiết bị; để trống là mọi thiết bị của loại.")
    )
    prop = text_field(_l("Đại lượng"), 60, hint=_l("Ví dụ water_level, rainfall_24h, mains."))
    direction = SelectField(
        _l("Báo khi"),
        choices=choices_of([("above", _l("vượt lên trên")), ("below", _l("xuống dưới"))]),
    )
    raise_at = NumberField(_l("Mức báo"), [Optional()])
    clear_at = NumberField(
        _l("Mức hết báo"),
        [Optional()],
        description=_l("Cách mức báo một khoảng để không nhấp nháy."),
    )
    mark = SelectField(
        _l("Mức báo động"),
        choices=choices_of([("", "–"), ("1", "BĐ1"), ("2", "BĐ2"), ("3", "BĐ3")]),
    )
    hysteresis = NumberField(_l("Khoảng trễ (m)"), [Optional()], default="0,05")
    hold_s = IntegerField(_l("Kéo dài ít nhất (giây)"), [Optional()], default=0)
    silence_s = IntegerField(_l("Im lặng quá (giây)"), [Optional()])
    label = text_field(_l("Nhãn nhận dạng"), 80)
    min_score = NumberField(_l("Độ tin tối thiểu"), [Optional()], description=_l("Từ 0 đến 1."))
    basis = text_field(_l("Căn cứ"), 200)
    is_active = BooleanField(_l("Đang dùng"), default=True)
