"""iTIP letters: one per site and one per person for every change, never more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, cast

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing import links
from conferencing.domain.interval import Interval
from conferencing.ical import invitation
from conferencing.ical.revision import (
    CalendarAttendee,
    CalendarRevision,
    Partstat,
    Role,
)
from conferencing.invitations.letter_text import (
    LetterText,
    answer_note,
    contact_of,
    short_moment,
    time_of,
)
from conferencing.models import Attendee, Conference, ConferenceSite, Occurrence
from conferencing.revisions import calendar_revision, override_of, sites_text
from hub.outbox import Letter, enqueue_all, supersede

Verb = Literal["booked", "changed", "cancelled", "removed", "moved", "occurrence_cancelled"]
CANCELS: Final = ("cancelled", "removed", "occurrence_cancelled")
EARLY_MINUTES: Final = 10
MAX_LISTED_DATES: Final = 12


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a letter: a site's mailbox or a person; ``key`` is unique in the conference."""

    key: str
    email: str
    name: str
    secret: str
    calendar: CalendarAttendee
    site_name: str = ""


def recipients(
    conference: Conference,
    sites: Iterable[ConferenceSite] | None = None,
    attendees: Iterable[Attendee] | None = None,
) -> list[Recipient]:
    """Return all who are invited, or the given ones; a site without a mailbox is left out."""
    rows = conference.sites if sites is None else sites
    people = conference.attendees if attendees is None else attendees
    return [
        *(site_recipient(conference, row) for row in rows if row.site.email),
        *(attendee_recipient(conference, row) for row in people),
    ]


def site_recipient(conference: Conference, row: ConferenceSite) -> Recipient:
    """Return a site as recipient."""
    site = row.site
    return Recipient(
        key=f"s{site.id}",
        email=site.email,
        name=site.name,
        secret=links.site_secret(conference.uid, site.id),
        calendar=CalendarAttendee(
            site.name, site.email, "REQ-PARTICIPANT", cast(Partstat, row.partstat), "GROUP"
        ),
        site_name=site.name,
    )


def attendee_recipient(conference: Conference, row: Attendee) -> Recipient:
    """Return a person as recipient."""
    return Recipient(
        key=f"a{links.secret_hash(row.email)[:16]}",
        email=row.email,
        name=row.name,
        secret=links.attendee_secret(conference.uid, row.email),
        calendar=CalendarAttendee(
            row.name, row.email, cast(Role, row.role), cast(Partstat, row.partstat)
        ),
    )


def write_letters(
    session: Session,
    conference: Conference,
    verb: Verb,
    to: Sequence[Recipient],
    *,
    occurrence: Occurrence | None = None,
    reason: str = "",
    was: Interval | None = None,
) -> int:
    """Put one letter per recipient into the outbox; return how many.

    ``was`` is the time before this change: a reader must see from where to where.
    """
    with force_locale("vi"):
        writer = _Writer(session, conference, verb, occurrence, reason, was)
        letters = [writer.letter(recipient) for recipient in to]
    enqueue_all(session, letters)
    return len(letters)


def withdraw_letters(session: Session, conference: Conference) -> None:
    """Supersede what has not left yet and a letter about the whole conference replaces."""
    supersede(session, subject_key(conference))
    supersede(session, reminder_key(conference))
    if conference.rrule:
        for occurrence in conference.occurrences:
            supersede(session, occurrence_key(occurrence))


def subject_key(conference: Conference) -> str:
    """Return the key of letters about the whole conference."""
    return f"conference:{conference.id}"


def occurrence_key(occurrence: Occurrence) -> str:
    """Return the key of letters about one occurrence."""
    return f"conference:{occurrence.conference_id}:{occurrence.recurrence_id:%Y%m%dT%H%M}"


def reminder_key(conference: Conference) -> str:
    """Return the key of reminders."""
    return f"conference:{conference.id}:reminder"


class _Writer:
    """Writes the letters of one change; what is the same for all is worked out once."""

    def __init__(
        self,
        session: Session,
        conference: Conference,
        verb: Verb,
        occurrence: Occurrence | None,
        reason: str,
        was: Interval | None,
    ) -> None:
        self.conference = conference
        self.verb = verb
        self.occurrence = occurrence
        self.reason = reason
        self.revision = _as_sent(calendar_revision(conference))
        self.is_cancel = verb in CANCELS
        self.rows = _rows(conference, occurrence, reason, self.is_cancel)
        self.subject = _subject(conference, verb, occurrence)
        self.opening = _opening(conference, verb)
        when = occurrence or conference
        self.time = time_of(when.starts_at, when.ends_at)
        self.old_time = time_of(was.start, was.end) if was else None
        self.contact = contact_of(session, conference)

    def letter(self, to: Recipient) -> Letter:
        conference = self.conference
        text = self._text(to)
        return Letter(
            dedupe_key=f"conference:{conference.id}:r{conference.revision}:{self.verb}:{to.key}",
            subject_key=self._subject_key(),
            kind=f"conference.{self.verb}",
            to_email=to.email,
            to_name=to.name,
            reply_to=conference.organizer_email,
            subject=text.full_subject,
            text_body=text.as_text(),
            html_body=text.as_html(),
            calendar_method="CANCEL" if self.is_cancel else "REQUEST",
            calendar_body=self._calendar(to).decode(),
            domain=links.host(),
        )

    def _subject_key(self) -> str:
        if self.occurrence is not None:
            return occurrence_key(self.occurrence)
        # Nothing may withdraw the farewell to somebody who is no longer invited.
        suffix = ":removed" if self.verb == "removed" else ""
        return f"{subject_key(self.conference)}{suffix}"

    def _text(self, to: Recipient) -> LetterText:
        rows = ((_("Điểm cầu của quý đơn vị"), to.site_name), *self.rows)
        answered = not self.is_cancel
        return LetterText(
            subject=self.subject,
            heading=_heading(self.verb),
            opening=self.opening,
            unit=self.conference.host_unit.name,
            code=self.conference.code,
            title=self.conference.title,
            time=self.time,
            old_time=self.old_time,
            to_name=to.name,
            rows=rows,
            contact=self.contact,
            is_off=self.is_cancel,
            closing=_closing(self.conference, bool(to.site_name)) if answered else (),
            link=links.answer_link(to.secret) if answered else "",
            link_label=_("Xác nhận tham dự"),
            link_note=answer_note() if answered else "",
            is_drill=self.conference.is_drill,
            extra=self.conference.agenda if answered else "",
        )

    def _calendar(self, to: Recipient) -> bytes:
        revision = _for_recipient(self.revision, to)
        if self.occurrence is not None:
            override = override_of(self.occurrence)
            if self.is_cancel:
                return invitation.cancel_occurrence(revision, override, to.calendar)
            return invitation.request_occurrence(revision, override, to.calendar)
        if self.is_cancel:
            return invitation.cancel(revision, to.calendar)
        return invitation.request(revision, to.calendar)


def _as_sent(revision: CalendarRevision) -> CalendarRevision:
    # The house's mailbox sends for the secretary; without SENT-BY clients see a stranger's
    # invitation and show no buttons (RFC 6047, 2.3).
    sender = links.settings().mail_from
    return replace(revision, organizer=replace(revision.organizer, sent_by=sender))


def _for_recipient(revision: CalendarRevision, to: Recipient) -> CalendarRevision:
    link = _("Xác nhận tham dự: %(link)s", link=links.answer_link(to.secret))
    return replace(revision, description=f"{revision.description}\n\n{link}")


def _rows(
    conference: Conference,
    occurrence: Occurrence | None,
    reason: str,
    is_cancel: bool,
) -> tuple[tuple[str, str], ...]:
    room = conference.room
    rows = [
        (_("Lặp lại"), "" if occurrence else series_text(conference)),
        (_("Các buổi"), "" if occurrence else dates_text(conference)),
        (_("Đơn vị mời"), conference.host_unit.name),
        (_("Chủ trì"), conference.chair),
        (_("Lý do"), reason if is_cancel else conference.reason),
    ]
    if not is_cancel:
        rows += [
            (_("Phòng họp trực tuyến"), room.name),
            (_("Liên kết tham gia"), room.join_url),
            (_("Gọi vào"), room.dial_in),
            (_("Thành phần điểm cầu"), sites_text(conference.sites)),
        ]
    return (*rows, (_("Mã cuộc họp"), conference.code))


def series_text(conference: Conference) -> str:
    """Return how many occurrences a series has and when the last one is; "" without a rule."""
    taking_place = [o for o in conference.occurrences if o.status != "CANCELLED"]
    if not conference.rrule or not taking_place:
        return ""
    last = max(o.starts_at for o in taking_place)
    return _("%(count)s buổi, buổi cuối %(last)s", count=len(taking_place), last=short_moment(last))


def dates_text(conference: Conference) -> str:
    """Return every date of a short series; a long one is told by its number and its last date."""
    taking_place = [o.starts_at for o in conference.occurrences if o.status != "CANCELLED"]
    if not conference.rrule or len(taking_place) > MAX_LISTED_DATES:
        return ""
    return ", ".join(short_moment(start) for start in sorted(taking_place))


def _subject(conference: Conference, verb: Verb, occurrence: Occurrence | None) -> str:
    when = short_moment((occurrence or conference).starts_at)
    words = {"title": conference.title, "when": when}
    match verb:
        case "booked":
            return _("Giấy mời: %(title)s, %(when)s", **words)
        case "changed":
            return _("Điều chỉnh lần %(count)s: %(title)s, %(when)s",
                     count=conference.revision, **words)  # fmt: skip
        case "moved":
            return _("Dời buổi họp: %(title)s, %(when)s", **words)
        case "occurrence_cancelled":
            return _("Hủy buổi họp: %(title)s, %(when)s", **words)
        case "removed":
            return _("Thôi mời: %(title)s, %(when)s", **words)
        case "cancelled":
            return _("Hủy: %(title)s, %(when)s", **words)


def _heading(verb: Verb) -> str:
    match verb:
        case "booked":
            return _("Giấy mời họp trực tuyến")
        case "changed":
            return _("Điều chỉnh cuộc họp")
        case "moved":
            return _("Thay đổi giờ một buổi họp")
        case "occurrence_cancelled":
            return _("Hủy một buổi họp")
        case "removed":
            return _("Thôi mời họp")
        case "cancelled":
            return _("Hủy cuộc họp")


def _opening(conference: Conference, verb: Verb) -> str:
    unit = conference.host_unit.name
    match verb:
        case "booked":
            return _("%(unit)s trân trọng kính mời dự họp trực tuyến.", unit=unit)
        case "changed" | "moved":
            return _("%(unit)s xin thông báo điều chỉnh cuộc họp trực tuyến.", unit=unit)
        case "removed":
            return _("%(unit)s xin thông báo: quý vị không cần dự cuộc họp này nữa.", unit=unit)
        case _:
            return _("%(unit)s xin thông báo hủy cuộc họp trực tuyến.", unit=unit)


def _closing(conference: Conference, is_site: bool) -> tuple[str, ...]:
    early = _("Đề nghị vào phòng họp trước %(minutes)s phút.", minutes=EARLY_MINUTES)
    if conference.type == "emergency":  # it may begin at once: an hour before is no help
        return (early,)
    duty = _("Cán bộ kỹ thuật có mặt trước giờ họp 60 phút để kiểm tra đường truyền.")
    return (duty, early) if is_site else (early,)
