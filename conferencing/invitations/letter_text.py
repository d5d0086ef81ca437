"""What a letter says, in Vietnamese, and its two forms: templates write it as text and as HTML."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.ical.components import DRILL_MARK
from conferencing.models import Conference
from hub.access.models import User
from hub.clock import local

WEEKDAYS: Final = (
    "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật",
)  # fmt: skip
TEMPLATE: Final = "conferencing/letters/letter"


@dataclass(frozen=True, slots=True)
class LetterTime:
    """A span of time in words: whole, and its hours and its day apart."""

    words: str
    hours: str
    day: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask; a telephone or an address may be missing."""

    name: str
    phone: str = ""
    email: str = ""

    @property
    def words(self) -> str:
        """All that is known, in one line."""
        return ", ".join(filter(None, (self.name, self.phone, self.email)))


@dataclass(frozen=True, slots=True)
class LetterText:
    """A letter before it is written out.

    ``heading`` says what kind of letter it is, ``rows`` are labelled lines of which the empty ones
    are left out, ``link`` is the one button, if any; ``is_off`` strikes the time through.
    """

    subject: str
    heading: str
    opening: str
    unit: str
    code: str
    title: str
    time: LetterTime
    rows: tuple[tuple[str, str], ...]
    to_name: str = ""
    old_time: LetterTime | None = None
    closing: tuple[str, ...] = ()
    contact: Contact | None = None
    link: str = ""
    link_label: str = ""
    link_note: str = ""
    is_drill: bool = False
    is_off: bool = False
    extra: str = ""

    @property
    def drill_mark(self) -> str:
        """What marks a drill."""
        return DRILL_MARK

    @property
    def full_subject(self) -> str:
        """The subject, marked when it belongs to a drill."""
        marked = f"{DRILL_MARK} {self.subject}" if self.is_drill else self.subject
        return " ".join(marked.split())[:300]

    def as_text(self) -> str:
        """Write the letter as plain text."""
        return self._written("txt")

    def as_html(self) -> str:
        """Write the letter as one small HTML page without pictures."""
        return self._written("html")

    def _written(self, form: str) -> str:
        template = current_app.jinja_env.get_template(f"{TEMPLATE}.{form}")
        return template.render(letter=self) + "\n"


def contact_of(session: Session, conference: Conference) -> Contact:
    """Return the secretary who invites, with the telephone of the account."""
    # The telephone alone: an account loaded whole brings its roles, a statement more per booking.
    phone = session.scalar(select(User.phone).where(User.id == conference.organizer_id)) or ""
    return Contact(conference.organizer_name, phone, conference.organizer_email)


def technician_of(conference: Conference) -> Contact | None:
    """Return who looks after the line of the chair's site, if anybody can be called there."""
    row = next((row for row in conference.sites if row.role == "chair"), None)
    if row is None or not (phone := row.technician_phone or row.site.technician_phone):
        return None
    return Contact(row.technician_name or row.site.technician_name, phone)


def time_of(start: datetime, end: datetime) -> LetterTime:
    """Return a span in words."""
    first, last = local(start), local(end)
    if first.date() != last.date():
        return LetterTime(
            span_text(start, end), f"{first:%H:%M %d/%m} – {last:%H:%M %d/%m}", f"{first:%Y}"
        )
    day = f"{WEEKDAYS[first.weekday()]}, {first:%d/%m/%Y}"
    hours = f"{first:%H:%M}–{last:%H:%M}"
    return LetterTime(span_text(start, end), hours, day[0].upper() + day[1:])


def span_text(start: datetime, end: datetime) -> str:
    """Return "08:00–11:00, thứ Ba, 24/11/2026", or both moments when the day changes."""
    first, last = local(start), local(end)
    day = f"{WEEKDAYS[first.weekday()]}, {first:%d/%m/%Y}"
    if first.date() == last.date():
        return f"{first:%H:%M}–{last:%H:%M}, {day}"
    return f"{first:%H:%M} {day} – {last:%H:%M} {WEEKDAYS[last.weekday()]}, {last:%d/%m/%Y}"


def short_moment(moment: datetime) -> str:
    """Return "08:00 24/11/2026"."""
    return f"{local(moment):%H:%M %d/%m/%Y}"


def answer_note() -> str:
    """Say below the button what pressing it does."""
    return _("Không cần tài khoản. Bấm nút chỉ mở trang trả lời, chưa gửi gì.")
