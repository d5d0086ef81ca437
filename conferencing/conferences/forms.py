"""Forms of the conference page: move a date, cancel with a reason, answer for a site."""

from datetime import datetime
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from conferencing.invitations.forms import SiteAnswerForm
from conferencing.models import Occurrence
from conferencing.time_words import parse_day, parse_time, write_day, write_time
from hub.clock import TZ, local, now
from hub.text import clean

NO_DAY = _l("Không đọc được ngày. Ghi như 20/10/2020.")
NO_TIME = _l("Không đọc được giờ. Ghi như 14:00 hoặc 14h.")


class MoveForm(FlaskForm):  # type: ignore[misc]
    """Another day or time for one occurrence."""

    day = StringField(_l("Ngày"), [DataRequired(NO_DAY)])
    starts = StringField(_l("Từ"), [DataRequired(NO_TIME)])
    ends = StringField(_l("Đến"), [DataRequired(NO_TIME)])

    def validate_day(self, field: StringField) -> None:
        """Refuse what is no day."""
        if parse_day(field.data, local(now()).date()) is None:
            raise ValidationError(str(NO_DAY))

    def validate_starts(self, field: StringField) -> None:
        """Refuse what is no time."""
        if parse_time(field.data) is None:
            raise ValidationError(str(NO_TIME))

    def validate_ends(self, field: StringField) -> None:
        """Refuse what is no time, or none after the start."""
        start, end = parse_time(self.starts.data or ""), parse_time(field.data)
        if end is None:
            raise ValidationError(str(NO_TIME))
        if start is not None and end <= start:
            raise ValidationError(_("Giờ kết thúc phải sau giờ bắt đầu."))

    def moments(self) -> tuple[datetime, datetime]:
        """Return start and end; call it on a valid form only."""
        day = parse_day(self.day.data, local(now()).date())
        start, end = parse_time(self.starts.data), parse_time(self.ends.data)
        if day is None or start is None or end is None:
            raise ValueError("moments of an invalid form")
        return (
            datetime.combine(day, start, TZ),
            datetime.combine(day, end, TZ),
        )


def move_form_of(occurrence: Occurrence, offered: dict[str, str]) -> MoveForm:
    """Give the form with the present time, or with an offered one from the address."""
    starts, ends = local(occurrence.starts_at), local(occurrence.ends_at)
    values: dict[str, Any] = {
        "day": write_day(starts.date()),
        "starts": write_time(starts.time()),
        "ends": write_time(ends.time()),
    }
    return MoveForm(data={**values, **offered})


class CancelForm(FlaskForm):  # type: ignore[misc]
    """Why it is off, which everybody invited reads; and whether the dates after it are too."""

    extent = RadioField(
        _l("Hủy"),
        choices=[
            SelectChoice("one", _l("Chỉ buổi này")),
            SelectChoice("following", _l("Buổi này và các buổi sau")),
        ],
        default="one",
        validate_choice=False,
    )

    reason = TextAreaField(
        _l("Lý do"),
        [
            DataRequired(_l("Ghi lý do: nơi được mời sẽ đọc trong thư báo hủy.")),
            Length(max=500, message=_l("Dài quá %(max)d ký tự.")),
        ],
    )

    @property
    def is_following(self) -> bool:
        """Whether the dates after the one asked for are off too."""
        return bool(self.extent.data == "following")

    @property
    def reason_text(self) -> str:
        """The reason, cleaned."""
        return clean(self.reason.data or "")


class OnBehalfForm(SiteAnswerForm):
    """The answer a site gave by telephone, written down by the one who called."""

    class Meta:
        """A signed-in form like any other."""

        csrf: ClassVar[bool] = True
