"""Đôn đốc: letters to those who have not answered, and to nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing import links
from conferencing.access.services import require_alive, require_change
from conferencing.domain.interval import Interval
from conferencing.history import note_change
from conferencing.holds.services import span_of
from conferencing.invitations.answers import WAITING, refuse_late
from conferencing.invitations.letter_text import (
    Contact,
    LetterText,
    answer_note,
    contact_of,
    short_moment,
    time_of,
)
from conferencing.invitations.letter_words import dates_ahead
from conferencing.invitations.services import Recipient, recipients, reminder_key
from conferencing.models import Conference, ConferenceSite
from hub.access.actor import Actor
from hub.clock import now
from hub.outbox import Letter, OutboxLetter, enqueue_all

# Whoever was asked less than this ago is not asked again.
PAUSE: Final = timedelta(hours=1)


def unanswered(conference: Conference, *, sites_only: bool = False) -> list[Recipient]:
    """Return those who have not answered."""
    return recipients(
        conference,
        [row for row in conference.sites if row.partstat == WAITING],
        [] if sites_only else [row for row in conference.attendees if row.partstat == WAITING],
    )


@dataclass(frozen=True, slots=True)
class Reminder:
    """Who is asked again and who is not, with the reason.

    ``answered`` counts sites and people, ``unreachable`` are sites without a mailbox,
    ``asked`` those who were asked so shortly ago that it would only annoy, with when.
    """

    to: Sequence[Recipient]
    answered: int
    unreachable: Sequence[ConferenceSite]
    asked: Sequence[tuple[Recipient, datetime]]

    @property
    def again_at(self) -> datetime | None:
        """When the first of those asked shortly ago may be asked again."""
        return min((at + PAUSE for _who, at in self.asked), default=None)


def plan_reminder(session: Session, conference: Conference) -> Reminder:
    """Say who would be asked again now."""
    waiting = unanswered(conference)
    asked_at = _asked_since(session, conference, now() - PAUSE)
    said = [row.partstat for row in conference.sites]
    said += [row.partstat for row in conference.attendees]
    return Reminder(
        to=[who for who in waiting if who.key not in asked_at],
        answered=sum(partstat != WAITING for partstat in said),
        unreachable=[r for r in conference.sites if r.partstat == WAITING and not r.site.email],
        asked=[(who, asked_at[who.key]) for who in waiting if who.key in asked_at],
    )


def _asked_since(session: Session, conference: Conference, since: datetime) -> dict[str, datetime]:
    """Return when recipients were last asked, by their keys; the worker's reminders count too."""
    query = (
        select(OutboxLetter.dedupe_key, OutboxLetter.created_at)
        .where(
            OutboxLetter.subject_key == reminder_key(conference),
            OutboxLetter.state != "superseded",
            OutboxLetter.created_at > since,
        )
        .order_by(OutboxLetter.created_at)
    )
    return {key.rpartition(":")[2]: at for key, at in session.execute(query)}


def remind(session: Session, actor: Actor, conference: Conference) -> Reminder:
    """Write to all who have not answered, at most once an hour each; return who was written to.

    Raises:
        NotFound, NotAllowed: as the actor's rights at the host unit demand.
        Conflict: the conference is cancelled or over.
    """
    require_change(session, actor, conference)
    require_alive(conference)
    refuse_late(conference)
    reminder = plan_reminder(session, conference)
    # To the microsecond: who may be asked again is decided above, under the lock.
    occasion = f"asked:{now():%Y%m%dT%H%M%S%f}"
    span = span_of(dates_ahead(conference)[0])
    written = write_reminders(session, conference, reminder.to, occasion, span)
    if written:
        note_change(session, actor, conference, "reminded", {"letters": written})
    return reminder


def write_reminders(
    session: Session,
    conference: Conference,
    to: Sequence[Recipient],
    occasion: str,
    span: Interval,
) -> int:
    """Write one letter per recipient and occasion; return how many are new."""
    keys = {_dedupe_key(conference, occasion, recipient): recipient for recipient in to}
    if not keys:
        return 0
    query = select(OutboxLetter.dedupe_key).where(OutboxLetter.dedupe_key.in_(keys))
    known = set(session.scalars(query))
    contact = contact_of(session, conference)
    with force_locale("vi"):
        letters = [
            _letter(contact, conference, key, recipient, span)
            for key, recipient in keys.items()
            if key not in known
        ]
    enqueue_all(session, letters)
    return len(letters)


def _dedupe_key(conference: Conference, occasion: str, to: Recipient) -> str:
    return f"conference:{conference.id}:reminder:{occasion}:{to.key}"


def _letter(
    contact: Contact, conference: Conference, key: str, to: Recipient, span: Interval
) -> Letter:
    text = LetterText(
        subject=_(
            "Đề nghị xác nhận: %(title)s, %(when)s",
            title=conference.title,
            when=short_moment(span.start),
        ),
        heading=_("Đề nghị xác nhận tham dự"),
        unit=conference.host_unit.name,
        code=conference.code,
        title=conference.title,
        time=time_of(span.start, span.end),
        to_name=to.name,
        contact=contact,
        link_note=answer_note(),
        opening=_(
            "%(unit)s chưa nhận được xác nhận tham dự của quý vị.", unit=conference.host_unit.name
        ),
        rows=(
            (_("Điểm cầu của quý đơn vị"), to.site_name),
            (_("Phòng họp trực tuyến"), conference.room.name),
            (_("Liên kết tham gia"), conference.room.join_url),
            (_("Mã cuộc họp"), conference.code),
        ),
        link=links.answer_link(to.secret),
        link_label=_("Xác nhận tham dự"),
        is_drill=conference.is_drill,
    )
    return Letter(
        dedupe_key=key,
        subject_key=reminder_key(conference),
        kind="conference.reminder",
        to_email=to.email,
        to_name=to.name,
        reply_to=conference.organizer_email,
        subject=text.full_subject,
        text_body=text.as_text(),
        html_body=text.as_html(),
        domain=links.host(),
    )
