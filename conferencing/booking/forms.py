"""The booking form: what was typed, kept as typed, and what it means."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    Form,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from conferencing.booking.attendees import AttendeeRow, read_attendees, requests_of
from conferencing.booking.repeating import RepeatFields, exception_days, read_rule
from conferencing.domain.policy import NEEDS_REASON, ConferenceType
from conferencing.requests import BookingRequest
from conferencing.time_words import parse_day, parse_time
from hub.clock import TZ, local, now
from hub.errors import FieldError, Invalid

TYPES: Final = (
    (ConferenceType.REGULAR.value, _l("Định kỳ")),
    (ConferenceType.UNPLANNED.value, _l("Đột xuất")),
    (ConferenceType.EMERGENCY.value, _l("Khẩn cấp")),
    (ConferenceType.TRAINING.value, _l("Tập huấn")),
    (ConferenceType.TEST.value, _l("Chạy thử")),
)
# What the services call a field, and what the form calls it.
FIELDS: Final = {
    "starts_at": "starts",
    "ends_at": "ends",
    "site_codes": "sites",
    "chair_site": "sites",
    "room_code": "room",
    "rrule": "repeat",
    "priority": "type",
}


def _choices(pairs: Iterable[tuple[str, LazyString]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


class BookingForm(Form):  # type: ignore[misc]  # wtforms ships no types
    """The fields with one value each; sites and attendees are read beside it."""

    type = RadioField(_l("Loại cuộc họp"), choices=_choices(TYPES), default=TYPES[0][0])
    title = StringField(_l("Tên hội nghị"))
    chair = StringField(_l("Người chủ trì"))
    agenda = TextAreaField(_l("Nội dung, chương trình"))
    reason = TextAreaField(_l("Lý do họp đột xuất hoặc khẩn cấp"))
    day = StringField(_l("Ngày"))
    starts = StringField(_l("Từ"))
    ends = StringField(_l("Đến"))
    room = StringField(_l("Phòng họp"))
    repeat = StringField(_l("Lặp lại"))
    interval = StringField(_l("Cách nhau"), default="1")
    weekdays = SelectMultipleField(_l("Vào các ngày"), choices=_choices(RepeatFields.WEEKDAYS))
    bound = RadioField(_l("Kết thúc"), choices=_choices(RepeatFields.BOUNDS), default="count")
    count = StringField(_l("Số buổi"), default="4")
    until = StringField(_l("Đến hết ngày"))
    exceptions = StringField(_l("Trừ các ngày"))
    rule = HiddenField()
    attendees_text = TextAreaField(_l("Dán nhiều đại biểu"))
    sites = HiddenField(_l("Điểm cầu"))


@dataclass(slots=True)
class BookingDraft:
    """A filled-in form: its fields, the attendee rows and the codes of the ticked sites."""

    form: BookingForm
    attendees: list[AttendeeRow]
    site_codes: tuple[str, ...]
    problems: list[tuple[str, str]] = field(default_factory=list)

    @property
    def day(self) -> date | None:
        """The day as understood."""
        return parse_day(self.form.day.data or "", local(now()).date())

    @property
    def starts(self) -> time | None:
        """The time of the start as understood."""
        return parse_time(self.form.starts.data or "")

    @property
    def ends(self) -> time | None:
        """The time of the end as understood."""
        return parse_time(self.form.ends.data or "")

    def span(self) -> tuple[datetime, datetime] | None:
        """Start and end when all three are understood and in order."""
        day, starts, ends = self.day, self.starts, self.ends
        if day is None or starts is None or ends is None or ends <= starts:
            return None
        return at(day, starts), at(day, ends)

    def add_problem(self, name: str, sentence: str) -> None:
        """Put a sentence at a field; what belongs to no field goes to the summary alone."""
        target = FIELDS.get(name, name)
        if target.startswith("attendees"):
            self._attendee_problem(target, sentence)
        elif target in self.form:
            found = self.form[target]
            found.errors = [*found.errors, sentence]
        else:
            self.problems.append(("", sentence))

    def _attendee_problem(self, target: str, sentence: str) -> None:
        number = target.split(".")[1] if "." in target else ""
        rows = [row for row in self.attendees if not row.is_empty]
        if number.isdecimal() and int(number) < len(rows):
            rows[int(number)].error = sentence
            self.problems.append((f"#attendee-{self.attendees.index(rows[int(number)])}", sentence))
        else:
            self.form.attendees_text.errors = [*self.form.attendees_text.errors, sentence]

    def add_all(self, errors: Iterable[FieldError]) -> None:
        """Put every sentence of a refusal at its field."""
        for error in errors:
            self.add_problem(error.field, error.message)


def at(day: date, moment: time) -> datetime:
    """Return the instant of a wall time in the province."""
    return datetime.combine(day, moment, TZ)


def read_draft(posted: MultiDict[str, str]) -> BookingDraft:
    """Read what was posted, without judging it."""
    form = BookingForm(posted)
    for found in form:
        found.errors = []
    codes = tuple(dict.fromkeys(posted.getlist("sites")))
    rows = read_attendees(posted)
    return BookingDraft(form, rows, codes)


def booking_request(draft: BookingDraft, host_unit_id: int | None = None) -> BookingRequest:
    """Return what the form asks for.

    Raises:
        Invalid: with a sentence for each field that cannot be understood.
    """
    errors = [*_time_errors(draft), *_reason_errors(draft)]
    span = draft.span()
    if span is None:
        raise Invalid(errors)
    rule, exdates, rule_errors = _repetition(draft, span[0])
    if errors or rule_errors:
        raise Invalid([*errors, *rule_errors])
    data: Mapping[str, Any] = draft.form.data
    return BookingRequest(
        title=data["title"] or "",
        type=data["type"] or "",
        priority=None,
        room_code=data["room"] or "",
        starts_at=span[0],
        ends_at=span[1],
        site_codes=draft.site_codes,
        attendees=requests_of(draft.attendees, data["attendees_text"] or ""),
        rrule=rule,
        exdates=exdates,
        agenda=data["agenda"] or "",
        reason=data["reason"] or "",
        chair=data["chair"] or "",
        host_unit_id=host_unit_id,
    )


def _time_errors(draft: BookingDraft) -> list[FieldError]:
    errors: list[FieldError] = []
    if draft.day is None:
        errors.append(FieldError("day", _("Hãy ghi ngày, ví dụ 20/10/2020.")))
    for name, moment in (("starts", draft.starts), ("ends", draft.ends)):
        if moment is None:
            errors.append(FieldError(name, _("Hãy ghi giờ, ví dụ 14:00 hoặc 14h30.")))
    if draft.starts and draft.ends and draft.ends <= draft.starts:
        errors.append(FieldError("ends", _("Giờ kết thúc phải sau giờ bắt đầu.")))
    return errors


def _reason_errors(draft: BookingDraft) -> list[FieldError]:
    needs = {kind.value for kind in NEEDS_REASON}
    if draft.form.type.data in needs and not (draft.form.reason.data or "").strip():
        return [FieldError("reason", _("Họp đột xuất, khẩn cấp cần ghi lý do."))]
    return []


def _repetition(
    draft: BookingDraft, starts_at: datetime
) -> tuple[str, tuple[datetime, ...], list[FieldError]]:
    form = draft.form
    rule, errors = read_rule(form, starts_at.date())
    days, unread = exception_days(form.exceptions.data or "", starts_at.date())
    if unread and rule:
        errors.append(FieldError("exceptions", _("Không đọc được ngày: %(words)s.", words=unread)))
    if not rule:
        return "", (), errors
    return rule, tuple(at(day, starts_at.time()) for day in days), errors


def working_hours_words(draft: BookingDraft) -> str:
    """Say how long it lasts and whether it lies in working hours."""
    span = draft.span()
    if span is None:
        return ""
    length = _length_words(span[1] - span[0])
    inside = any(a <= span[0].time() and span[1].time() <= b for a, b in WORKING)
    working = span[0].weekday() < 5 and inside
    return f"{length}, {_('trong giờ hành chính') if working else _('ngoài giờ hành chính')}"


WORKING: Final = ((time(7), time(11, 30)), (time(13, 30), time(17)))


def _length_words(length: timedelta) -> str:
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    if not hours:
        return _("%(count)s phút", count=minutes)
    whole = _("%(count)s giờ", count=hours)
    return f"{whole} {_('%(count)s phút', count=minutes)}" if minutes else whole
