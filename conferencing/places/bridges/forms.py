"""The form of bridges."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField

from conferencing.form_fields import WholeNumberField
from conferencing.places.bridges.drafts import BridgeDraft
from hub.ui.forms import limits


class BridgeForm(FlaskForm):  # type: ignore[misc]
    """A bridge (MCU) with its ports."""

    name = StringField(_l("Tên MCU"), limits(BridgeDraft, "name"))
    code = StringField(_l("Mã"), limits(BridgeDraft, "code"))
    unit = SelectField(_l("Thuộc đơn vị"))
    ports = WholeNumberField(_l("Số cổng"), limits(BridgeDraft, "ports"))
    is_active = BooleanField(_l("Đang dùng"))
