"""The form of a conference site."""

from collections.abc import Sequence
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.validators import Optional as MayBeEmpty

from conferencing.form_fields import NEEDED, TOO_LONG, WholeNumberField, unit_choices
from conferencing.models import Site
from conferencing.requests import SiteRequest
from hub.orgunits.models import OrgUnit
from hub.ui.states import Look

READINESS: Final[dict[str, Look]] = {
    "in_service": Look(icon="circle-check", word=_l("Sẵn sàng"), tone="normal"),
    "testing": Look(icon="activity", word=_l("Đang thử"), tone="low"),
    "fault": Look(icon="alert-triangle", word=_l("Hỏng"), tone="high"),
    "retired": Look(icon="archive", word=_l("Ngừng dùng"), tone="quiet"),
}
CONDITIONS: Final[dict[str, Look]] = {
    "power_lost": Look(icon="bolt-off", word=_l("Mất điện"), tone="critical"),
    "line_lost": Look(icon="wifi-off", word=_l("Mất đường truyền"), tone="high"),
    "unknown": Look(icon="circle-dashed", word=_l("Không rõ"), tone="unknown"),
}
# What people call it first; anything else is kept as typed.
CARRIERS: Final = ("VNPT", "Viettel", "FPT", "MobiFone")


class SiteForm(FlaskForm):  # type: ignore[misc]
    """A site as the person who keeps it knows it."""

    code = StringField(_l("Mã"), [InputRequired(NEEDED), Length(max=40, message=TOO_LONG)])
    name = StringField(
        _l("Tên điểm cầu"), [InputRequired(NEEDED), Length(max=160, message=TOO_LONG)]
    )
    unit_id = SelectField(_l("Thuộc đơn vị"), coerce=int)
    seats = WholeNumberField(_l("Số chỗ ngồi"), [InputRequired(NEEDED)])
    email = StringField(_l("Hộp thư nhận giấy mời"), [Length(max=200, message=TOO_LONG)])
    technician_name = StringField(_l("Cán bộ kỹ thuật"), [Length(max=120, message=TOO_LONG)])
    technician_phone = StringField(_l("Điện thoại"), [Length(max=30, message=TOO_LONG)])
    carrier = StringField(_l("Nhà mạng"), [Length(max=40, message=TOO_LONG)])
    line_kbps = WholeNumberField(_l("Đường truyền, kbit/s"), [MayBeEmpty()])
    readiness = SelectField(
        _l("Tình trạng"), choices=[SelectChoice(key, look.word) for key, look in READINESS.items()]
    )
    note = TextAreaField(_l("Ghi chú"), [Length(max=300, message=TOO_LONG)])
    is_active = BooleanField(_l("Được mời vào hội nghị"))

    def to_request(self) -> SiteRequest:
        """Give what the service asks for; it checks the rest."""
        return SiteRequest(
            code=self.code.data or "",
            name=self.name.data or "",
            unit_id=self.unit_id.data,
            seats=self.seats.data or 0,
            email=self.email.data or "",
            technician_name=self.technician_name.data or "",
            technician_phone=self.technician_phone.data or "",
            carrier=self.carrier.data or "",
            line_kbps=self.line_kbps.data,
            readiness=self.readiness.data,
            note=self.note.data or "",
            is_active=self.is_active.data,
        )


def site_form(units: Sequence[OrgUnit], site: Site | None = None, **values: Any) -> SiteForm:
    """Give the form with the units to choose from, filled from a site."""
    blank = {"seats": 20, "readiness": "in_service", "is_active": True, **values}
    form = SiteForm(obj=site) if site is not None else SiteForm(data=blank)
    form.unit_id.choices = unit_choices(units)
    return form
