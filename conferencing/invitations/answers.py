"""Answers: by the secret link of a letter, or entered by whoever keeps the site."""

from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.fields import FieldChecks, require_at
from conferencing.history import note_answer
from conferencing.links import secret_hash
from conferencing.models import Attendee, Conference, ConferenceSite, Occurrence
from conferencing.requests import AttendeeAnswer, SiteAnswer
from hub.access.actor import Actor
from hub.clock import now
from hub.errors import Conflict, NotFound

SITE_ANSWERS: Final = ("ACCEPTED", "DECLINED", "TENTATIVE")
PERSON_ANSWERS: Final = (*SITE_ANSWERS, "DELEGATED")
MAX_HEADCOUNT: Final = 10_000


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


def answer_site(session: Session, secret: str, answer: SiteAnswer) -> ConferenceSite:
    """Write a site's answer given through its link. Raises NotFound, Invalid or Conflict."""
    row = find_answer(session, secret)
    if not isinstance(row, ConferenceSite):
        raise NotFound(_("Liên kết này không còn dùng được."))
    refuse_begun(row.conference)
    return _write_site(session, row, answer)


def answer_for_site(
    session: Session, actor: Actor, conference: Conference, site_code: str, answer: SiteAnswer
) -> ConferenceSite:
    """Write a site's answer entered by somebody who keeps the site or books for the host."""
    row = next((row for row in conference.sites if row.site.code == site_code), None)
    if row is None:
        raise NotFound(_("Điểm cầu này không được mời."))
    if not actor.can_at("conference.book", conference.host_unit):
        require_at(actor, "site.manage", row.site.unit)
    return _write_site(session, row, answer, actor.name)


def _write_site(
    session: Session, row: ConferenceSite, answer: SiteAnswer, by: str = ""
) -> ConferenceSite:
    refuse_late(row.conference)
    checks = FieldChecks()
    if answer.partstat not in SITE_ANSWERS:
        checks.add("partstat", _("Hãy chọn một câu trả lời."))
    if answer.headcount is not None:
        checks.number("headcount", answer.headcount, 0, MAX_HEADCOUNT)
    name = checks.words("technician_name", answer.technician_name, 120, needed=False)
    phone = checks.words("technician_phone", answer.technician_phone, 30, needed=False)
    note = checks.words("note", answer.note, 500, needed=False)
    answered_by = checks.words("answered_by", answer.answered_by or by, 120, needed=False)
    checks.finish()
    row.partstat, row.headcount, row.note = answer.partstat, answer.headcount, note
    row.technician_name = name or row.technician_name
    row.technician_phone = phone or row.technician_phone
    row.answered_at, row.answered_by = now(), answered_by
    detail = {"site": row.site.code, "partstat": row.partstat, "headcount": row.headcount}
    note_answer(session, row.conference, answered_by or row.site.name, detail)
    return row


def answer_attendee(session: Session, secret: str, answer: AttendeeAnswer) -> Attendee:
    """Write a person's answer. Raises NotFound, Invalid or Conflict."""
    row = find_answer(session, secret)
    if not isinstance(row, Attendee):
        raise NotFound(_("Liên kết này không còn dùng được."))
    refuse_begun(row.conference)
    checks = FieldChecks()
    if answer.partstat not in PERSON_ANSWERS:
        checks.add("partstat", _("Hãy chọn một câu trả lời."))
    is_delegated = answer.partstat == "DELEGATED"
    proxy = checks.words("proxy_name", answer.proxy_name, 160, needed=is_delegated)
    note = checks.words("note", answer.note, 500, needed=False)
    checks.finish()
    row.partstat, row.proxy_name, row.note = answer.partstat, proxy, note
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
