"""Answers: by the secret link of a letter, or entered by whoever keeps the site."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.history import note_answer
from conferencing.invitations.drafts import PersonReply, SiteReply
from conferencing.links import secret_hash
from conferencing.models import Attendee, Conference, ConferenceSite, Occurrence
from hub.access.actor import Actor
from hub.clock import now
from hub.errors import Conflict, FieldError, Invalid, NotFound


def find_answer(session: Session, secret: str) -> ConferenceSite | Attendee:
    """Return the invitation a secret link belongs to. Raises NotFound."""
    digest = secret_hash(secret)
    site = session.scalars(
        select(ConferenceSite).where(ConferenceSite.answer_hash == digest)
    ).first()
    if site is not None:
        return site
    person = session.scalars(select(Attendee).where(Attendee.answer_hash == digest)).first()
    if person is not None:
        return person
    raise NotFound(_("Liên kết này không còn dùng được."))


def answer_site(session: Session, secret: str, reply: SiteReply) -> ConferenceSite:
    """Write a site's answer given through its link. Raises NotFound, Invalid or Conflict."""
    row = find_answer(session, secret)
    if not isinstance(row, ConferenceSite):
        raise NotFound(_("Liên kết này không còn dùng được."))
    refuse_begun(row.conference)
    return _write_site(session, row, reply)


def answer_for_site(
    session: Session, actor: Actor, conference: Conference, site_code: str, reply: SiteReply
) -> ConferenceSite:
    """Write a site's answer entered by somebody who keeps the site or books for the host."""
    row = next((row for row in conference.sites if row.site.code == site_code), None)
    if row is None:
        raise NotFound(_("Điểm cầu này không được mời."))
    if not actor.can_at("conference.book", conference.host_unit):
        actor.require("site.manage", row.site.unit)
    return _write_site(session, row, reply, actor.name)


def _write_site(
    session: Session, row: ConferenceSite, reply: SiteReply, by: str = ""
) -> ConferenceSite:
    refuse_late(row.conference)
    answered_by = reply.answered_by or by
    row.partstat, row.headcount, row.note = reply.partstat, reply.headcount, reply.note
    row.technician_name = reply.technician_name or row.technician_name
    row.technician_phone = reply.technician_phone or row.technician_phone
    row.answered_at, row.answered_by = now(), answered_by
    detail = {"site": row.site.code, "partstat": row.partstat, "headcount": row.headcount}
    note_answer(session, row.conference, answered_by or row.site.name, detail)
    return row


def answer_attendee(session: Session, secret: str, reply: PersonReply) -> Attendee:
    """Write a person's answer. Raises NotFound, Invalid or Conflict."""
    row = find_answer(session, secret)
    if not isinstance(row, Attendee):
        raise NotFound(_("Liên kết này không còn dùng được."))
    refuse_begun(row.conference)
    if reply.partstat == "DELEGATED" and not reply.proxy_name:
        raise Invalid([FieldError("proxy_name", _("Không được để trống."))])
    row.partstat, row.proxy_name, row.note = reply.partstat, reply.proxy_name, reply.note
    row.answered_at = now()
    detail: dict[str, Any] = {"attendee": row.email, "partstat": row.partstat}
    note_answer(session, row.conference, row.name or row.email, detail)
    return row


def refuse_begun(conference: Conference) -> None:
    """Raise a Conflict when no date lies ahead; the telephone answers until the end."""
    refuse_late(conference)
    if not dates_ahead(conference, now()):
        raise Conflict(_("Hội nghị đã bắt đầu."))


def dates_ahead(conference: Conference, at: datetime) -> list[Occurrence]:
    """Return the dates that take place and have not begun."""
    return [
        o
        for o in conference.occurrences
        if o.status != "CANCELLED" and o.starts_at > at and o.started_at is None
    ]


def refuse_late(conference: Conference) -> None:
    """Raise a Conflict when no answer is wanted any more."""
    if conference.status == "CANCELLED":
        raise Conflict(_("Cuộc họp đã bị hủy."))
    if last_end(conference) <= now():
        raise Conflict(_("Cuộc họp đã kết thúc."))


def last_end(conference: Conference) -> datetime:
    """Return when the last occurrence ends."""
    going = [o.ends_at for o in conference.occurrences if o.status != "CANCELLED"]
    return max(going, default=conference.ends_at)
