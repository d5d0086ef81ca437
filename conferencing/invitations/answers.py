"""Answers: by the secret link of a letter, or entered by whoever keeps the site."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.history import note_answer
from conferencing.invitations.drafts import PersonReply, SiteReply
from conferencing.links import secret_hash
from conferencing.models import Attendee, Conference, ConferenceSite, Occurrence
from hub.access.actor import Actor
from hub.clock import now
from hub.db import from_micros, to_micros
from hub.errors import Conflict, FieldError, Invalid, NotFound
from hub.ui.formats import time_vi
from hub.ui.states import state_look

WAITING: Final = "NEEDS-ACTION"


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
    if not may_answer_for(actor, row):
        actor.require("site.manage", row.site.unit)
    return _write_site(session, row, reply, actor.name)


def may_answer_for(actor: Actor, row: ConferenceSite) -> bool:
    """Whether the actor keeps the site or books for the host."""
    books = actor.can_at("conference.book", row.conference.host_unit)
    return books or actor.can_at("site.manage", row.site.unit)


def signed(reply: SiteReply, writer: str) -> SiteReply:
    """Return the answer with who wrote it down, on behalf of whom."""
    words = _("%(writer)s ghi thay", writer=writer)
    who = f"{words}: {reply.answered_by}" if reply.answered_by else words
    return reply.model_copy(update={"answered_by": who[:120]})


def _write_site(
    session: Session, row: ConferenceSite, reply: SiteReply, by: str = ""
) -> ConferenceSite:
    refuse_late(row.conference)
    given = reply if reply.answered_by or not by else reply.model_copy(update={"answered_by": by})
    if not says_already(row, given):
        detail = put_answer(row, given, now())
        note_answer(session, row.conference, row.answered_by or row.site.name, detail)
    return row


def says_already(row: ConferenceSite | Attendee, reply: SiteReply | PersonReply) -> bool:
    """Whether this very answer stands there, because a button was pressed twice, say."""
    wanted = _values(row, reply) if isinstance(row, ConferenceSite) else dict(reply)
    return all(getattr(row, name) == value for name, value in wanted.items())


def version_of(row: ConferenceSite | Attendee) -> str:
    """Return what a form is written against: the time and place, and the answer so far."""
    answered = to_micros(row.answered_at) if row.answered_at else 0
    return f"{row.conference.sequence}.{answered}"


def refuse_stale(row: ConferenceSite | Attendee, seen: str, reply: SiteReply | PersonReply) -> None:
    """Refuse an answer to what has changed since its form was opened.

    Raises:
        Conflict: says what has changed; sending once more then means it.
    """
    sequence, _dot, answered = seen.partition(".")
    if not answered or seen == version_of(row) or says_already(row, reply):
        return
    if sequence != str(row.conference.sequence):
        raise Conflict(_("Cuộc họp vừa đổi giờ hoặc phòng. Xem lại ở trên rồi gửi lại."))
    who = getattr(row, "answered_by", "") or _("Có người")
    raise Conflict(
        _(
            "%(who)s vừa trả lời lúc %(at)s: %(answer)s. Gửi lại nếu vẫn muốn đổi.",
            who=who,
            at=time_vi(row.answered_at),
            answer=state_look("site", row.partstat).word,
        )
    )


def put_answer(row: ConferenceSite, reply: SiteReply, at: datetime) -> dict[str, Any]:
    """Write an answer into the row; return what the history keeps of it.

    ``was`` is what stood there before, so that it can be put back.
    """
    detail = {"site": row.site.code, "partstat": reply.partstat, "was": _stored(row)}
    for name, value in _values(row, reply).items():
        setattr(row, name, value)
    row.answered_at = at
    told = {name: getattr(row, name) for name in ("headcount", "proxy_name") if getattr(row, name)}
    return {**detail, **told}


def put_back(row: ConferenceSite, was: Mapping[str, Any]) -> None:
    """Write into the row what stood there before an answer."""
    for name in _KEPT:
        setattr(row, name, was[name])
    row.answered_at = from_micros(was["answered_at"]) if was["answered_at"] else None


_KEPT: Final = tuple(SiteReply.model_fields)


def _values(row: ConferenceSite, reply: SiteReply | PersonReply) -> dict[str, Any]:
    """Return what the row shall say; a technician who is not named stays."""
    stays = ("technician_name", "technician_phone")
    return {
        name: getattr(reply, name) or (getattr(row, name) if name in stays else value)
        for name, value in dict(reply).items()
    }


def _stored(row: ConferenceSite) -> dict[str, Any]:
    own = {name: getattr(row, name) for name in _KEPT}
    return {**own, "answered_at": to_micros(row.answered_at) if row.answered_at else None}


def answer_attendee(session: Session, secret: str, reply: PersonReply) -> Attendee:
    """Write a person's answer. Raises NotFound, Invalid or Conflict."""
    row = find_answer(session, secret)
    if not isinstance(row, Attendee):
        raise NotFound(_("Liên kết này không còn dùng được."))
    refuse_begun(row.conference)
    if reply.partstat == "DELEGATED" and not reply.proxy_name:
        raise Invalid([FieldError("proxy_name", _("Không được để trống."))])
    if says_already(row, reply):
        return row
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
