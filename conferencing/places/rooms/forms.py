"""The forms of virtual rooms, bridges and saved selections."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from conferencing.form_fields import NEEDED, TOO_LONG, WholeNumberField
from conferencing.requests import BridgeRequest, RoomRequest


class RoomForm(FlaskForm):  # type: ignore[misc]
    """A virtual room on a bridge."""

    name = StringField(_l("Tên phòng"), [InputRequired(NEEDED), Length(max=160, message=TOO_LONG)])
    code = StringField(_l("Mã"), [InputRequired(NEEDED), Length(max=40, message=TOO_LONG)])
    unit_id = SelectField(_l("Thuộc đơn vị"), coerce=int)
    bridge_code = SelectField(_l("Chạy trên MCU"))
    capacity = WholeNumberField(_l("Số điểm cầu vào được"), [InputRequired(NEEDED)])
    buffer_minutes = WholeNumberField(_l("Chuẩn bị trước và sau, phút"), [InputRequired(NEEDED)])
    dial_in = StringField(_l("Số gọi vào"), [Length(max=120, message=TOO_LONG)])
    join_url = StringField(_l("Liên kết vào họp"), [Length(max=300, message=TOO_LONG)])
    is_active = BooleanField(_l("Được đặt"))

    def to_request(self) -> RoomRequest:
        """Give what the service asks for; it checks the rest."""
        return RoomRequest(
            code=self.code.data or "",
            name=self.name.data or "",
            unit_id=self.unit_id.data,
            bridge_code=self.bridge_code.data,
            capacity=self.capacity.data or 0,
            dial_in=self.dial_in.data or "",
            join_url=self.join_url.data or "",
            buffer_minutes=self.buffer_minutes.data or 0,
            is_active=self.is_active.data,
        )


class BridgeForm(FlaskForm):  # type: ignore[misc]
    """A bridge (MCU) with its ports."""

    name = StringField(_l("Tên MCU"), [InputRequired(NEEDED), Length(max=120, message=TOO_LONG)])
    code = StringField(_l("Mã"), [InputRequired(NEEDED), Length(max=40, message=TOO_LONG)])
    unit_id = SelectField(_l("Thuộc đơn vị"), coerce=int)
    ports = WholeNumberField(_l("Số cổng"), [InputRequired(NEEDED)])
    is_active = BooleanField(_l("Đang dùng"))

    def to_request(self) -> BridgeRequest:
        """Give what the service asks for; it checks the rest."""
        return BridgeRequest(
            code=self.code.data or "",
            name=self.name.data or "",
            unit_id=self.unit_id.data,
            ports=self.ports.data or 0,
            is_active=self.is_active.data,
        )
