"""The form of the inbox: one answer for the ticked sites, and what each adds of its own."""

from typing import ClassVar, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired

from conferencing.invitations.drafts import SiteReply
from conferencing.invitations.forms import CHOOSE, SITE_ANSWERS
from hub.ui.forms import DraftForm, WholeNumberField, limits

DECLINED: Final = "DECLINED"


class BulkAnswerForm(FlaskForm):  # type: ignore[misc]
    """What all ticked sites answer."""

    partstat = RadioField(
        _l("Các điểm cầu đánh dấu"),
        choices=[SelectChoice(code, word) for code, word in SITE_ANSWERS.items()],
        validators=[InputRequired(CHOOSE)],
    )
    note = StringField(_l("Ghi chú, hoặc lý do không dự"), limits(SiteReply, "note"))

    def validate(self, extra_validators: object = None) -> bool:
        """Ask for a reason where the answer is no: whoever invited will ask for it."""
        passed = bool(super().validate(extra_validators))
        if self.partstat.data == DECLINED and not (self.note.data or "").strip():
            self.note.errors = [*self.note.errors, str(_l("Ghi lý do không dự."))]
            return False
        return passed


class SiteRowForm(DraftForm, FlaskForm):  # type: ignore[misc]
    """What one site adds; every box may stay empty."""

    draft = SiteReply

    class Meta:
        """The form around it carries the token."""

        csrf: ClassVar[bool] = False

    headcount = WholeNumberField(_l("Số người dự"), limits(SiteReply, "headcount"))
    proxy_name = StringField(_l("Người dự thay"), limits(SiteReply, "proxy_name"))
    technician_name = StringField(_l("Trực kỹ thuật"), limits(SiteReply, "technician_name"))
    technician_phone = StringField(_l("Điện thoại"), limits(SiteReply, "technician_phone"))
