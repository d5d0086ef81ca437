"""Forms of devices: what was typed is kept as typed."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length, Optional

from hub.ui.editing import EditForm
from hub.ui.forms import TOO_LONG, ChoiceField, DraftForm, NumberField, WholeNumberField, limits
from smartcity.devices.drafts import DeviceDraft
from smartcity.devices.looks import DEVICE_KIND_WORDS
from smartcity.form_fields import choices_of, text_field
from smartcity.models.device import DEVICE_KINDS


class DeviceForm(DraftForm):
    """A device as a person describes it; the code stands in the topic."""

    draft = DeviceDraft

    code = text_field(
        DeviceDraft,
        "code",
        _l("Mã thiết bị"),
        _l("Cấp thứ ba của chủ đề MQTT, không đổi được về sau."),
    )
    name = text_field(DeviceDraft, "name", _l("Tên"))
    kind = ChoiceField(
        _l("Loại"), choices=choices_of([(kind, DEVICE_KIND_WORDS[kind]) for kind in DEVICE_KINDS])
    )
    unit = ChoiceField(_l("Đơn vị"), validate_choice=False)
    site = text_field(
        DeviceDraft, "site", _l("Mã điểm cầu"), _l("Chỉ với thiết bị đo nguồn, đường truyền.")
    )
    river = text_field(DeviceDraft, "river", _l("Sông"))
    location = text_field(DeviceDraft, "location", _l("Vị trí"))
    owner = text_field(DeviceDraft, "owner", _l("Đơn vị quản lý"))
    lat = NumberField(_l("Vĩ độ"), limits(DeviceDraft, "lat"))
    lon = NumberField(_l("Kinh độ"), limits(DeviceDraft, "lon"))
    expected_interval_s = WholeNumberField(
        _l("Chu kỳ gửi (giây)"),
        limits(DeviceDraft, "expected_interval_s"),
        default=600,
        description=_l("Quá ba chu kỳ không có tin thì coi là im lặng."),
    )


class MarksForm(EditForm):
    """Alarm marks of a station in metres."""

    bd1 = NumberField("BĐ1 (m)", [Optional()])
    bd2 = NumberField("BĐ2 (m)", [Optional()])
    bd3 = NumberField("BĐ3 (m)", [Optional()])
    basis = StringField(
        _l("Căn cứ"),
        [Length(max=300, message=TOO_LONG)],
        description=_l("Số quyết định hoặc bản tin; để trống mức chưa xác minh."),
    )

    @property
    def marks(self) -> tuple[float | None, float | None, float | None]:
        """The three levels; what is no number is none here and refused by its box."""
        low, middle, high = (
            None if box.errors else box.number for box in (self.bd1, self.bd2, self.bd3)
        )
        return low, middle, high
