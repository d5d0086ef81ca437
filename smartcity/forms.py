"""Forms of devices and rules: what was typed is kept as typed, and turned into drafts."""

from collections.abc import Iterable
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import Field
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from hub.errors import FieldError
from smartcity.models.device import DEVICE_KINDS
from smartcity.rules.services import RULE_KINDS
from smartcity.words import DEVICE_KIND_WORDS, RULE_KIND_WORDS

_TOO_LONG: Final = _l("Dài quá %(max)d ký tự.")
_SEVERITIES: Final = (
    ("critical", _l("Khẩn cấp")),
    ("high", _l("Cao")),
    ("medium", _l("Trung bình")),
    ("low", _l("Thấp")),
)


class NumberField(StringField):  # type: ignore[misc]
    """A number written the Vietnamese way (2,70) or with a point; None when left empty."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed; the number is checked in :meth:`pre_validate`."""
        super().process_formdata([text.strip() for text in valuelist])

    def pre_validate(self, form: Form) -> None:
        """Refuse what is not a number."""
        if self.data:
            try:
                self.number  # noqa: B018 - reading it checks it
            except ValueError as error:
                raise ValidationError(self.gettext("Nhập một số, ví dụ 2,70.")) from error

    @property
    def number(self) -> float | None:
        """The number typed, None when empty."""
        return float(str(self.data).replace(",", ".")) if self.data else None


def choices_of(pairs: Iterable[tuple[str, object]]) -> list[SelectChoice]:
    """Return (value, word) pairs as the choices of a select."""
    return [SelectChoice(value, word) for value, word in pairs]


def _text(label: object, longest: int, *, required: bool = False, hint: object = "") -> StringField:
    checks: list[Any] = [Length(max=longest, message=_TOO_LONG)]
    checks.insert(0, InputRequired(_l("Cần điền mục này.")) if required else Optional())
    return StringField(label, checks, description=hint)


class DeviceForm(Form):  # type: ignore[misc]
    """A device as a person describes it; the code stands in the topic."""

    code = _text(
        _l("Mã thiết bị"),
        64,
        required=True,
        hint=_l("Cấp thứ ba của chủ đề MQTT, không đổi được về sau."),
    )
    name = _text(_l("Tên"), 160, required=True)
    kind = SelectField(
        _l("Loại"), choices=choices_of([(kind, DEVICE_KIND_WORDS[kind]) for kind in DEVICE_KINDS])
    )
    unit = SelectField(_l("Đơn vị"), validate_choice=False)
    site_code = _text(_l("Mã điểm cầu"), 40, hint=_l("Chỉ với thiết bị đo nguồn, đường truyền."))
    river = _text(_l("Sông"), 60)
    location_text = _text(_l("Vị trí"), 200)
    owner = _text(_l("Đơn vị quản lý"), 120)
    lat = NumberField(_l("Vĩ độ"), [Optional()])
    lon = NumberField(_l("Kinh độ"), [Optional()])
    expected_interval_s = IntegerField(
        _l("Chu kỳ gửi (giây)"),
        [InputRequired(_l("Nhập số giây."))],
        default=600,
        description=_l("Quá ba chu kỳ không có tin thì coi là im lặng."),
    )


class MarksForm(Form):  # type: ignore[misc]
    """Alarm marks of a station in metres."""

    bd1 = NumberField("BĐ1 (m)", [Optional()])
    bd2 = NumberField("BĐ2 (m)", [Optional()])
    bd3 = NumberField("BĐ3 (m)", [Optional()])
    basis = _text(
        _l("Căn cứ"), 300, hint=_l("Số quyết định hoặc bản tin; để trống mức chưa xác minh.")
    )


class RuleForm(Form):  # type: ignore[misc]
    """A rule; which fields count depends on its kind."""

    code = _text(_l("Mã"), 60, required=True)
    name = _text(_l("Tên"), 160, required=True, hint=_l("Thành tiêu đề của cảnh báo."))
    kind = SelectField(
        _l("Loại"), choices=choices_of([(kind, RULE_KIND_WORDS[kind]) for kind in RULE_KINDS])
    )
    severity = SelectField(_l("Mức độ"), choices=choices_of(_SEVERITIES))
    unit = SelectField(_l("Áp dụng trong"), validate_choice=False)
    device_kind = SelectField(
        _l("Loại thiết bị"),
        choices=choices_of(
            [("", _l("Mọi loại")), *((kind, DEVICE_KIND_WORDS[kind]) for kind in DEVICE_KINDS)]
        ),
    )
    device = _text(
        _l("Chỉ một thiết bị"), 80, hint=_l("Mã thiết bị; để trống là mọi thiết bị của loại.")
    )
    prop = _text(_l("Đại lượng"), 60, hint=_l("Ví dụ water_level, rainfall_24h, mains."))
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
    label = _text(_l("Nhãn nhận dạng"), 80)
    min_score = NumberField(_l("Độ tin tối thiểu"), [Optional()], description=_l("Từ 0 đến 1."))
    basis = _text(_l("Căn cứ"), 200)
    is_active = BooleanField(_l("Đang dùng"), default=True)


class NoteForm(Form):  # type: ignore[misc]
    """A remark."""

    note = TextAreaField(_l("Nội dung"), [Length(max=1000, message=_TOO_LONG)])


def put_errors(form: Form, errors: Iterable[FieldError]) -> list[tuple[str, str]]:
    """Place a service's errors beside their fields; return those that belong to no field."""
    others = []
    for error in errors:
        field: Field | None = form[error.field] if error.field in form else None  # noqa: SIM401 - a form has no get
        if field is None:
            others.append(("", error.message))
        else:
            field.errors = [*field.errors, error.message]
    return others
