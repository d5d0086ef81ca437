"""The forms of the public answer page; the secret in the address stands for a CSRF token."""

from typing import Any, ClassVar, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import InputRequired

from conferencing.invitations.drafts import PersonReply, SiteReply
from conferencing.models import Attendee, ConferenceSite
from hub.ui.forms import DraftForm, WholeNumberField, limits

SITE_ANSWERS: Final = {
    "ACCEPTED": _l("Dự"),
    "TENTATIVE": _l("Chưa chắc"),
    "DECLINED": _l("Không dự"),
}
CHOOSE = _l("Chọn một trong các ô trên.")


class SiteAnswerForm(DraftForm, FlaskForm):  # type: ignore[misc]
    """A site says whether it takes part, with how many people and who looks after the line."""

    draft = SiteReply

    class Meta:
        """The address is the authority: see ``conferencing.invitations.views``."""

        csrf: ClassVar[bool] = False

    partstat = RadioField(
        _l("Điểm cầu có dự không?"),
        choices=[SelectChoice(code, word) for code, word in SITE_ANSWERS.items()],
        validators=[InputRequired(CHOOSE)],
    )
    headcount = WholeNumberField(_l("Số người dự"), limits(SiteReply, "headcount"))
    proxy_name = StringField(_l("Người dự thay: họ tên, chức vụ"), limits(SiteReply, "proxy_name"))
    technician_name = StringField(_l("Người trực kỹ thuật"), limits(SiteReply, "technician_name"))
    technician_phone = StringField(
        _l("Điện thoại người trực"), limits(SiteReply, "technician_phone")
    )
    answered_by = StringField(_l("Người trả lời"), limits(SiteReply, "answered_by"))
    note = TextAreaField(_l("Ghi chú, hoặc lý do không dự"), limits(SiteReply, "note"))


class AttendeeAnswerForm(DraftForm, FlaskForm):  # type: ignore[misc]
    """A person comes, sends somebody, or does not come."""

    draft = PersonReply

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
        _l("Người dự thay: họ tên, chức vụ"), limits(PersonReply, "proxy_name")
    )
    note = TextAreaField(_l("Ghi chú, hoặc lý do không dự"), limits(PersonReply, "note"))


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
        "proxy_name": invited.proxy_name,
        "technician_name": invited.technician_name or site.technician_name,
        "technician_phone": invited.technician_phone or site.technician_phone,
        "answered_by": invited.answered_by,
        "note": invited.note,
        **given,
        **more,
    }
    return SiteAnswerForm(data=values)
