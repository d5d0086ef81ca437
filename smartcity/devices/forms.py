"""Forms of devices: what was typed is kept as typed."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, IntegerField, SelectField
from wtforms.validators import InputRequired, Optional

from smartcity.devices.looks import DEVICE_KIND_WORDS
from smartcity.form_fields import NumberField, choices_of, text_field
from smartcity.models.device import DEVICE_KINDS


class DeviceForm(Form):  # type: ignore[misc]
    """A device as a person describes it; the code stands in the topic."""

    code = text_field(
        _l("Mã thiết bị"),
        64,
        required=True,
        hint=_l("Cấp thứ ba của chủ đề MQTT, không đổi được về sau."),
    )
    name = text_field(_l("Tên"), 160, required=True)
    kind = SelectField(
        _l("Loại"), choices=choices_of([(kind, DEVICE_KIND_WORDS[kind]) for kind in DEVICE_KINDS])
    )
    unit = SelectField(_l("Đơn vị"), validate_choice=False)
    site_code = text_field(
        _l("Mã điểm cầu"), 40, hint=_l("Chỉ với thiết bị đo nguồn, đường truyền.")
    )
    river = text_field(_l("Sông"), 60)
    location_text = text_field(_l("Vị trí"), 200)
    owner = text_field(_l("Đơn vị quản lý"), 120)
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
    basis = text_field(
        _l("Căn cứ"), 300, hint=_l("Số quyết định hoặc bản tin; để trống mức chưa xác minh.")
    )
