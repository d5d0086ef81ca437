"""iTIP letters: one per site and one per person for every change, never more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing import links
from conferencing.ical import invitation
from conferencing.ical.revision import (
    CalendarAttendee,
    CalendarRevision,
    Partstat,
    Role,
)
from conferencing.invitations.letter_text import LetterText, answer_note, contact_of
from conferencing.invitations.letter_words import (
    CANCELS,
    UNANSWERED,
    WHOLE,
    About,
    LetterWords,
    Verb,
)
from conferencing.models import Attendee, Conference, ConferenceSite, Occurrence
from conferencing.revisions import calendar_revision, override_of
from hub.outbox import Letter, OutboxLetter, enqueue_all, supersede


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
    about: About = WHOLE,
) -> int:
    """Put one letter per recipient into the outbox; return how many."""
    if not to:
        return 0
    with force_locale("vi"):
        writer = _Writer(session, conference, verb, about)
        letters = [writer.letter(recipient) for recipient in to]
    enqueue_all(session, letters)
    return len(letters)


def write_corrections(
    session: Session,
    conference: Conference,
    verb: Literal["changed", "cancelled", "removed"],
    to: Sequence[Recipient],
    about: About = WHOLE,
) -> None:
    """Tell those who heard of the conference that it is no longer so.

    Who never did, because a change was faster than the mail, is invited to it as it is now, and
    hears nothing when there is nothing left to be invited to.
    """
    heard = heard_of(session, conference)
    write_letters(session, conference, verb, [r for r in to if r.key in heard], about)
    if verb == "changed":
        write_letters(session, conference, "booked", [r for r in to if r.key not in heard])


def heard_of(session: Session, conference: Conference) -> frozenset[str]:
    """Return the keys of those to whom a letter about the whole conference was ever tried."""
    query = select(OutboxLetter.dedupe_key).where(
        OutboxLetter.subject_key == subject_key(conference),
        (OutboxLetter.state == "sent") | (OutboxLetter.attempts > 0),
    )
    return frozenset(key.rpartition(":")[2] for key in session.scalars(query))


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

    def __init__(self, session: Session, conference: Conference, verb: Verb, about: About) -> None:
        self.conference = conference
        self.verb = verb
        self.occurrence = about.occurrence
        revision = calendar_revision(conference)
        self.number = conference.revision
        if verb == "removed":
            # Written before the change is: CANCEL carries the SEQUENCE that follows.
            revision = replace(revision, sequence=revision.sequence + 1)
            self.number += 1
        self.revision = _as_sent(revision)
        self.is_off = verb in CANCELS
        # A series that ends early is no cancelled one: its rule ends, what was held stands.
        self.is_cancel = self.is_off and not about.others_stay
        self.words = LetterWords(conference, verb, about)
        self.contact = contact_of(session, conference)

    def letter(self, to: Recipient) -> Letter:
        conference = self.conference
        text = self._text(to)
        return Letter(
            dedupe_key=f"conference:{conference.id}:r{self.number}:{self.verb}:{to.key}",
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
        words = self.words
        answered = self.verb not in UNANSWERED
        return LetterText(
            subject=words.subject,
            heading=words.heading,
            opening=words.opening,
            unit=self.conference.host_unit.name,
            code=self.conference.code,
            title=self.conference.title,
            time=words.time,
            old_time=words.old_time,
            to_name=to.name,
            rows=((_("Điểm cầu của quý đơn vị"), to.site_name), *words.rows),
            contact=self.contact,
            is_off=self.is_off,
            closing=words.closing(is_site=bool(to.site_name)),
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
