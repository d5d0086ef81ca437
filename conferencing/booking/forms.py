"""The booking form: what was typed, kept as typed, and what it means."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    HiddenField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from conferencing.booking.repetition import (
    MovedDay,
    RepeatFields,
    exception_days,
    read_moves,
    read_rule,
)
from conferencing.booking.requests import AttendeeRequest, BookingRequest, DateMove
from conferencing.domain.booking_rules import NEEDS_REASON, ConferenceType
from conferencing.domain.interval import Interval
from conferencing.time_words import parse_day, parse_end, parse_time, write_time
from hub.clock import TZ, local, now
from hub.errors import FieldError, Invalid
from hub.ui.editing import EditForm

ROLES: Final = (
    ("REQ-PARTICIPANT", _l("Dự họp")),
    ("OPT-PARTICIPANT", _l("Mời dự nếu sắp xếp được")),
    ("CHAIR", _l("Chủ trì")),
    ("NON-PARTICIPANT", _l("Để biết")),
)


@dataclass(slots=True)
class AttendeeRow:
    """One row as typed."""

    email: str = ""
    name: str = ""
    role: str = "REQ-PARTICIPANT"
    error: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into it."""
        return not (self.email.strip() or self.name.strip())

    def fields(self) -> list[tuple[str, str]]:
        """Return the row as it is posted."""
        return [
            ("attendee_email", self.email),
            ("attendee_name", self.name),
            ("attendee_role", self.role),
        ]


def read_attendees(posted: MultiDict[str, str]) -> list[AttendeeRow]:
    """Read the rows: three columns of one length."""
    columns = (posted.getlist(f"attendee_{name}") for name in ("email", "name", "role"))
    return [AttendeeRow(email, name, role) for email, name, role in zip(*columns, strict=False)]


def requests_of(rows: Iterable[AttendeeRow]) -> tuple[AttendeeRequest, ...]:
    """Return the filled-in rows."""
    filled = (row for row in rows if not row.is_empty)
    return tuple(AttendeeRequest(row.email.strip(), row.name.strip(), row.role) for row in filled)


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
    "moves": "repeat",
    "priority": "type",
}


def _choices(pairs: Iterable[tuple[str, LazyString]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


class BookingForm(EditForm):
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
    moved: tuple[MovedDay, ...] = ()

    @property
    def day(self) -> date | None:
        """The day as understood."""
        return parse_day(self.form.day.data or "", local(now()).date())

    @property
    def starts(self) -> time | None:
        """The time of the start as understood."""
        return parse_time(self.form.starts.data or "")

    @property
    def ends(self) -> tuple[date, time] | None:
        """The day and time of the end as understood: of a meeting overnight, the day after."""
        return parse_end(self.form.ends.data or "", self.day or local(now()).date())

    def span(self) -> tuple[datetime, datetime] | None:
        """Start and end when all three are understood and in order."""
        day, starts, ends = self.day, self.starts, self.ends
        if day is None or starts is None or ends is None or ends <= (day, starts):
            return None
        return at(day, starts), at(*ends)

    @property
    def next_day(self) -> str:
        """What the end would say if it were meant on the day after; "" when it is in order."""
        starts, ends = self.starts, self.ends
        is_bare = parse_time(self.form.ends.data or "") is not None
        if starts is None or ends is None or not is_bare or ends[1] > starts:
            return ""
        return _("%(time)s hôm sau", time=write_time(ends[1]))

    @property
    def skipped(self) -> list[date]:
        """The days left out of the series, in order."""
        if not self.form.repeat.data:
            return []
        today = self.day or local(now()).date()
        return sorted(set(exception_days(self.form.exceptions.data or "", today)[0]))

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
    moves = posted.getlist("moves")
    return BookingDraft(form, rows, codes, moved=read_moves(moves) if moves else ())


def booking_request(draft: BookingDraft, host_unit_id: int | None = None) -> BookingRequest:
    """Return what the form asks for.

    Raises:
        Invalid: with a sentence for each field that cannot be understood.
    """
    errors = [*_reason_errors(draft), *_guest_errors(draft)]
    try:
        request = timed_request(draft, host_unit_id)
    except Invalid as refusal:
        raise Invalid([*refusal.errors, *errors]) from refusal
    if errors:
        raise Invalid(errors)
    return request


def timed_request(draft: BookingDraft, host_unit_id: int | None = None) -> BookingRequest:
    """Return what the form asks for as soon as its times are understood, for the panel.

    Raises:
        Invalid: with a sentence for each field of the time that cannot be understood.
    """
    errors = _time_errors(draft)
    span = draft.span()
    if span is None:
        raise Invalid(errors)
    rule, exdates, rule_errors = _repetition(draft, span[0])
    if errors or rule_errors:
        raise Invalid([*errors, *rule_errors])
    request = _request_at(draft, Interval(*span), rule, exdates, host_unit_id)
    return replace(request, moves=_moves(draft, span[0])) if rule else request


def _moves(draft: BookingDraft, first: datetime) -> tuple[DateMove, ...]:
    return tuple(
        DateMove(
            at(move.rule_day, first.time()), at(move.day, move.starts), at(move.day, move.ends)
        )
        for move in draft.moved
    )


def request_without_time(draft: BookingDraft, host_unit_id: int | None = None) -> BookingRequest:
    """Return what the form asks for besides its time, at some time of tomorrow.

    For looking at everything else while the time is still to be mended; never to be booked.
    """
    some_time = now() + timedelta(days=1)
    span = Interval(some_time, some_time + timedelta(hours=1))
    return _request_at(draft, span, "", (), host_unit_id)


def _request_at(
    draft: BookingDraft,
    span: Interval,
    rrule: str,
    exdates: tuple[datetime, ...],
    host_unit_id: int | None,
) -> BookingRequest:
    data: Mapping[str, Any] = draft.form.data
    return BookingRequest(
        title=data["title"] or "",
        type=data["type"] or "",
        priority=None,
        room_code=data["room"] or "",
        starts_at=span.start,
        ends_at=span.end,
        site_codes=draft.site_codes,
        attendees=requests_of(draft.attendees),
        rrule=rrule,
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
    if not errors and draft.span() is None:
        errors.append(FieldError("ends", _end_words(draft)))
    return errors


def _end_words(draft: BookingDraft) -> str:
    words = _("Giờ kết thúc phải sau giờ bắt đầu.")
    if not draft.next_day:
        return words
    return f"{words} {_('Nếu họp qua đêm, hãy ghi “%(end)s”.', end=draft.next_day)}"


def _reason_errors(draft: BookingDraft) -> list[FieldError]:
    needs = {kind.value for kind in NEEDS_REASON}
    if draft.form.type.data in needs and not (draft.form.reason.data or "").strip():
        return [FieldError("reason", _("Họp đột xuất, khẩn cấp cần ghi lý do."))]
    return []


def _guest_errors(draft: BookingDraft) -> list[FieldError]:
    """What was pasted and could not be read is still in its box."""
    words = ", ".join((draft.form.attendees_text.data or "").split("\n"))
    if not words.strip():
        return []
    sentence = _("Chưa đọc được: %(words)s. Hãy thêm địa chỉ thư hoặc xóa đi.", words=words[:300])
    return [FieldError("attendees_text", sentence)]


def _repetition(
    draft: BookingDraft, starts_at: datetime
) -> tuple[str, tuple[datetime, ...], list[FieldError]]:
    form = draft.form
    if not form.repeat.data:
        return "", (), []
    rule, errors = read_rule(form, starts_at.date())
    days, unread = exception_days(form.exceptions.data or "", starts_at.date())
    if unread and rule:
        errors.append(FieldError("exceptions", _("Không đọc được ngày: %(words)s.", words=unread)))
    if not rule:
        return "", (), errors
    return rule, tuple(at(day, starts_at.time()) for day in days), errors
