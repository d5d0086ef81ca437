"""The forms of the public answer page; the secret in the address stands for a CSRF token."""

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from conferencing.form_fields import TOO_LONG, WholeNumberField
from conferencing.models import Attendee, ConferenceSite
from conferencing.requests import AttendeeAnswer, SiteAnswer
from hub.text import clean

CHOOSE = _l("Chọn một trong các ô trên.")
MAX_HEADCOUNT = 2000


class SiteAnswerForm(FlaskForm):  # type: ignore[misc]
    """A site says whether it takes part, with how many people and who looks after the line."""

    class Meta:
        """The address is the authority: see ``conferencing.invitations.views``."""

        csrf: ClassVar[bool] = False

    partstat = RadioField(
        _l("Điểm cầu có dự không?"),
        choices=[SelectChoice("ACCEPTED", _l("Dự")), SelectChoice("DECLINED", _l("Không dự"))],
        validators=[InputRequired(CHOOSE)],
    )
    headcount = WholeNumberField(
        _l("Số người dự"),
        validators=[
            MayBeEmpty(),
            NumberRange(0, MAX_HEADCOUNT, _l("Số người từ 0 đến %(max)d.")),
        ],
    )
    technician_name = StringField(_l("Người trực kỹ thuật"), [Length(max=120, message=TOO_LONG)])
    technician_phone = StringField(_l("Điện thoại người trực"), [Length(max=30, message=TOO_LONG)])
    answered_by = StringField(_l("Người trả lời"), [Length(max=120, message=TOO_LONG)])
    note = TextAreaField(_l("Ghi chú, hoặc lý do không dự"), [Length(max=500, message=TOO_LONG)])

    def to_request(self) -> SiteAnswer:
        """Give what the service asks for."""
        return SiteAnswer(
            partstat=self.partstat.data,
            headcount=self.headcount.data,
            technician_name=clean(self.technician_name.data or ""),
            technician_phone=clean(self.technician_phone.data or ""),
            note=clean(self.note.data or ""),
            answered_by=clean(self.answered_by.data or ""),
        )


class AttendeeAnswerForm(FlaskForm):  # type: ignore[misc]
    """A person comes, sends somebody, or does not come."""

    class Meta:
        """The address is the authority: see ``conferencing.invitations.views``."""

        csrf: ClassVar[bool] = False

    partstat = RadioField(
        _l("Đồng chí có dự không?"),
        choices=[
            SelectChoice("ACCEPTED", _l("Dự")),
            SelectChoice("DELEGATED", _l("Cử người dự thay")),
            SelectChoice("DECLINED", _l("Không dự")),
        ],
        validators=[InputRequired(CHOOSE)],
    )
    proxy_name = StringField(
        _l("Người dự thay: họ tên, chức vụ"), [Length(max=160, message=TOO_LONG)]
    )
    note = TextAreaField(_l("Ghi chú, hoặc lý do không dự"), [Length(max=500, message=TOO_LONG)])

    def to_request(self) -> AttendeeAnswer:
        """Give what the service asks for."""
        return AttendeeAnswer(
            partstat=self.partstat.data,
            proxy_name=clean(self.proxy_name.data or ""),
            note=clean(self.note.data or ""),
        )


def form_for(
    invited: ConferenceSite | Attendee, **more: Any
) -> SiteAnswerForm | AttendeeAnswerForm:
    """Give the form of this invitation, filled with the answer so far."""
    given = {} if invited.partstat == "NEEDS-ACTION" else {"partstat": invited.partstat}
    if isinstance(invited, Attendee):
        values = {"proxy_name": invited.proxy_name, "note": invited.note, **given, **more}
        return AttendeeAnswerForm(data=values)
    site = invited.site
    values = {
        "headcount": invited.headcount,
        "technician_name": invited.technician_name or site.technician_name,
        "technician_phone": invited.technician_phone or site.technician_phone,
        "answered_by": invited.answered_by,
        "note": invited.note,
        **given,
        **more,
    }
    return SiteAnswerForm(data=values)
