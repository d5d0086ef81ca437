"""Making way for an emergency: what is taken from whom, and how the organizer hears of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.orm import Session

from conferencing import links
from conferencing.availability.queries import Question, alternatives
from conferencing.booking.cancelling import call_off_occurrence
from conferencing.domain.booking_rules import Priority
from conferencing.history import note_change
from conferencing.holds import services as holds
from conferencing.holds.services import BusyRow
from conferencing.invitations.letter_text import (
    Contact,
    LetterText,
    short_moment,
    span_text,
    time_of,
)
from conferencing.invitations.services import subject_key
from conferencing.models import Conference, Hold, Occurrence, PortUse
from hub.access.actor import Actor
from hub.clock import now
from hub.outbox import Letter, enqueue
from hub.versions import claim


@dataclass(frozen=True, slots=True)
class Displacement:
    """One occurrence that makes way: as a whole, or by giving up some of its sites."""

    occurrence: Occurrence
    resources: tuple[str, ...]
    is_whole: bool

    @property
    def lost_sites(self) -> int:
        """How many of its sites lose this conference."""
        sites = self.occurrence.conference.sites
        return len(sites) if self.is_whole else len(self.resources)

    @property
    def cause(self) -> str:
        """What it cannot go on without, by name: the site that presides, else the room; or ""."""
        conference = self.occurrence.conference
        chair = [row.site for row in conference.sites if row.role == "chair"]
        if not self.is_whole:
            return ""
        lost = [site.name for site in chair if site.code in self.resources]
        return lost[0] if lost else conference.room.name


def may_displace(priority: int, is_drill: bool, row: BusyRow) -> bool:
    """Whether an emergency may take a span from the conference that holds it.

    An exercise never calls off real work; on an installation that is itself a demo, all is one.
    """
    if is_drill and not row.is_drill and not links.settings().demo:
        return False
    return Priority(priority).may_displace(Priority(row.priority))


def displacements(session: Session, rows: Iterable[BusyRow], room_code: str) -> list[Displacement]:
    """Return what would make way for the taken spans; a lost room or chair takes the whole."""
    codes: dict[int, list[str]] = {}
    for row in rows:
        codes.setdefault(row.occurrence_id, []).append(row.block.resource)
    found: list[Displacement] = []
    for occurrence_id in sorted(codes):
        occurrence = session.get_one(Occurrence, occurrence_id)
        taken = tuple(sorted(set(codes[occurrence_id])))
        is_whole = _loses_all(occurrence, taken, room_code)
        found.append(Displacement(occurrence, taken, is_whole))
    return found


def _loses_all(occurrence: Occurrence, taken: Sequence[str], room_code: str) -> bool:
    rows = occurrence.conference.sites
    chair = {row.site.code for row in rows if row.role == "chair"}
    left = {row.site.code for row in rows} - set(taken)
    return room_code in taken or not left or bool(chair & set(taken))


def release(session: Session, displaced: Sequence[Displacement]) -> None:
    """Give back what the emergency takes, before it takes it."""
    for conference in {item.occurrence.conference for item in displaced}:
        claim(session, conference)
    holds.give_back(session, [item.occurrence.id for item in displaced if item.is_whole])
    for item in displaced:
        if not item.is_whole:
            _release_sites(session, item)


def _release_sites(session: Session, item: Displacement) -> None:
    rows = [row for row in item.occurrence.conference.sites if row.site.code in item.resources]
    mine = Hold.occurrence_id == item.occurrence.id
    ids = [row.site_id for row in rows]
    session.execute(update(Hold).where(mine, Hold.resource_id.in_(ids)).values(state="released"))
    session.execute(
        update(PortUse)
        .where(PortUse.occurrence_id == item.occurrence.id)
        .values(ports=PortUse.ports - len(ids))
    )


def tell_displaced(
    session: Session, actor: Actor, emergency: Conference, displaced: Sequence[Displacement]
) -> None:
    """Write what happened to each conference that made way, with free times for its organizer."""
    with force_locale("vi"):  # it stands in letters and in the history
        reason = _("Nhường cho cuộc họp khẩn: %(title)s", title=emergency.title)
    for item in displaced:
        conference = item.occurrence.conference
        detail = {"by": emergency.code, "resources": list(item.resources)}
        offers = _offers(session, actor, item)
        if item.is_whole:
            call_off_occurrence(session, actor, item.occurrence, reason, "displaced", detail)
        else:
            _lose_sites(item, reason)
            note_change(session, actor, conference, "sites_displaced", detail)
        with force_locale("vi"):
            enqueue(session, _letter(conference, emergency, item, offers))


def _lose_sites(item: Displacement, reason: str) -> None:
    conference = item.occurrence.conference
    if conference.rrule:
        return  # the answer speaks for the whole series, of which one date is lost
    for row in conference.sites:
        if row.site.code in item.resources:
            row.partstat, row.note, row.answered_at = "DECLINED", reason[:500], now()


def _offers(session: Session, actor: Actor, item: Displacement) -> list[dict[str, Any]]:
    conference = item.occurrence.conference
    question = Question(
        (holds.span_of(item.occurrence),),
        tuple(row.site for row in conference.sites),
        conference.room,
        conference.id,
        holds.is_buffered(conference),
    )
    return alternatives(session, actor, question)


def _letter(
    conference: Conference, emergency: Conference, item: Displacement, offers: list[dict[str, Any]]
) -> Letter:
    when = item.occurrence
    lost = "" if item.is_whole else ", ".join(_lost_names(item))
    text = LetterText(
        subject=_(
            "Nhường chỗ: %(title)s, %(when)s",
            title=conference.title,
            when=short_moment(when.starts_at),
        ),
        heading=_("Nhường chỗ cho cuộc họp khẩn"),
        unit=emergency.host_unit.name,
        code=conference.code,
        title=conference.title,
        time=time_of(when.starts_at, when.ends_at),
        to_name=conference.organizer_name,
        is_off=item.is_whole,
        contact=Contact(emergency.organizer_name, "", emergency.organizer_email),
        opening=_("Cuộc họp của quý đơn vị phải nhường chỗ cho một cuộc họp khẩn."),
        rows=(
            (_("Cuộc họp nhường chỗ"), f"{conference.code} · {conference.title}"),
            (_("Điểm cầu bị lấy"), lost),
            (_("Cuộc họp khẩn"), f"{emergency.code} · {emergency.title}"),
            (_("Lý do"), emergency.reason),
            (_("Thời gian khác còn trống"), "\n".join(_offer_text(offer) for offer in offers)),
        ),
        link=f"{links.settings().base_url}/conferences/{conference.code}",
        link_label=_("Mở cuộc họp"),
        is_drill=emergency.is_drill,
    )
    return Letter(
        dedupe_key=f"conference:{conference.id}:r{conference.revision}:displaced:{emergency.id}"
        f":{when.id}",
        subject_key=f"{subject_key(conference)}:displaced",
        kind="conference.displaced",
        to_email=conference.organizer_email,
        to_name=conference.organizer_name,
        reply_to=emergency.organizer_email,
        subject=text.full_subject,
        text_body=text.as_text(),
        html_body=text.as_html(),
        domain=links.host(),
    )


def _lost_names(item: Displacement) -> list[str]:
    rows = item.occurrence.conference.sites
    return [row.site.name for row in rows if row.site.code in item.resources]


def _offer_text(offer: dict[str, Any]) -> str:
    span = span_text(
        datetime.fromisoformat(offer["starts_at"]), datetime.fromisoformat(offer["ends_at"])
    )
    room = offer["room_name"]
    if not offer["missing"]:
        return f"{span} · {room}"
    lost = _("thiếu %(count)s điểm cầu", count=len(offer["missing"]))
    return f"{span} · {room} ({lost})"
