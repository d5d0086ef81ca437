"""The form of virtual rooms."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField

from conferencing.form_fields import WholeNumberField
from conferencing.places.rooms.drafts import RoomDraft
from hub.ui.forms import limits


class RoomForm(FlaskForm):  # type: ignore[misc]
    """A virtual room on a bridge."""

    name = StringField(_l("Tên phòng"), limits(RoomDraft, "name"))
    code = StringField(_l("Mã"), limits(RoomDraft, "code"))
    unit = SelectField(_l("Thuộc đơn vị"))
    bridge = SelectField(_l("Chạy trên MCU"))
    capacity = WholeNumberField(_l("Số điểm cầu vào được"), limits(RoomDraft, "capacity"))
    buffer_minutes = WholeNumberField(
        _l("Chuẩn bị trước và sau, phút"), limits(RoomDraft, "buffer_minutes")
    )
    dial_in = StringField(_l("Số gọi vào"), limits(RoomDraft, "dial_in"))
    join_url = StringField(_l("Liên kết vào họp"), limits(RoomDraft, "join_url"))
    is_active = BooleanField(_l("Được đặt"))
