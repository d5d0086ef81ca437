"""Emergency conferences: exactly the units concerned, a free room at once, or make way."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing.availability.queries import Findings, Question, conflict_items, look
from conferencing.booking.plan import host_unit, is_room_open_to
from conferencing.booking.preemption import (
    Displacement,
    displacements,
    may_displace,
    release,
    tell_displaced,
)
from conferencing.booking.services import Also, book, named_conflict, run_in_transaction
from conferencing.domain.availability import PortPool
from conferencing.domain.interval import Interval
from conferencing.holds.queries import BusyRow, port_spans
from conferencing.models import Conference, Room, Site
from conferencing.places.rooms.queries import usable_rooms
from conferencing.places.sites.queries import sites_by_code, sites_of_units
from conferencing.ports import SiteCondition, site_conditions
from conferencing.requests import BookingRequest, EmergencyRequest
from hub.accounts.actor import Actor
from hub.clock import now
from hub.errors import FieldError, Invalid
from hub.orgunits.models import OrgUnit

CAPABILITY = "conference.convene"
LEVELS = {"province": 0, "district": 1}


@dataclass(frozen=True, slots=True)
class PreviewSite:
    """A site that would take part; ``clash`` says with what it is busy, "" when free.

    ``is_blocked`` means that even an emergency may not take it.
    """

    site: Site
    clash: str = ""
    is_blocked: bool = False
    condition: SiteCondition | None = None


@dataclass(frozen=True, slots=True)
class EmergencyPreview:
    """What convening now would take; nothing is held yet."""

    starts_at: datetime
    ends_at: datetime
    room: Room | None
    sites: tuple[PreviewSite, ...]
    ports_needed: int
    ports_free: int
    displaced: tuple[Displacement, ...] = ()
    conflicts: tuple[dict[str, object], ...] = ()
    units_without_site: tuple[OrgUnit, ...] = ()

    @property
    def doubtful(self) -> tuple[PreviewSite, ...]:
        """The sites whose power or line is reported lost."""
        return tuple(s for s in self.sites if s.condition and s.condition.is_doubtful)

    @property
    def is_free(self) -> bool:
        """Whether it can be convened without anybody making way."""
        return self.room is not None and not self.displaced and not self.conflicts

    @property
    def is_possible(self) -> bool:
        """Whether it can be convened, if need be by others making way."""
        return self.room is not None and not self.conflicts


@dataclass(frozen=True, slots=True)
class _Survey:
    """One look at everything an emergency needs."""

    host: OrgUnit
    span: Interval
    sites: tuple[Site, ...]
    units_without_site: tuple[OrgUnit, ...]
    question: Question
    findings: Findings
    displaced: list[Displacement] = field(default_factory=list)
    blocked: list[BusyRow] = field(default_factory=list)
    short_of_ports: bool = False

    @property
    def is_possible(self) -> bool:
        return not self.blocked and not self.short_of_ports


def preview(session: Session, actor: Actor, request: EmergencyRequest) -> EmergencyPreview:
    """Return what convening would take, who would make way and which sites are doubtful.

    Raises:
        Invalid: no site, or no room that could take so many.
        NotAllowed: the actor may not convene for the host unit.
    """
    survey = _survey(session, actor, request)
    question, room = survey.question, survey.question.room
    conditions = site_conditions(session, [site.code for site in survey.sites])
    busy = {row.block.resource: row for _clash, row in survey.findings.clashes}
    items = conflict_items(session, actor, survey.findings)
    titles = {item["resource"]: str(item["title"]) for item in items}
    in_the_way = [] if survey.is_possible else items
    return EmergencyPreview(
        starts_at=survey.span.start,
        ends_at=survey.span.end,
        room=room,
        sites=tuple(
            PreviewSite(
                site,
                titles.get(site.code, ""),
                site.code in busy and not may_displace(request, busy[site.code]),
                conditions.get(site.code),
            )
            for site in survey.sites
        ),
        ports_needed=len(survey.sites),
        ports_free=_ports_free(session, question),
        displaced=tuple(survey.displaced),
        conflicts=tuple(in_the_way),
        units_without_site=survey.units_without_site,
    )


def _ports_free(session: Session, question: Question) -> int:
    if question.room is None:
        return 0
    bridge = question.room.bridge
    pool = PortPool(bridge.ports, tuple(port_spans(session, bridge.id, question.window)))
    return pool.free_during(question.held)


def convene(session: Session, actor: Actor, request: EmergencyRequest) -> Conference:
    """Book the emergency conference; call it before anything else writes to the journal.

    Raises:
        Invalid: no site, or no room that could take so many.
        NotAllowed: the actor may not convene for the host unit.
        Conflict: something is in the way that may not, or was not asked to, make way.
        TakenMeanwhile: somebody else was faster; the transaction cannot go on.
    """
    survey = _survey(session, actor, request)
    if not survey.findings.is_free and not (request.displace and survey.is_possible):
        raise named_conflict(session, actor, survey.question, _("Có cuộc họp khác đang giữ chỗ."))
    release(session, survey.displaced)
    conference = book(session, actor, _booking(request, survey), capability=CAPABILITY)
    tell_displaced(session, actor, conference, survey.displaced)
    return conference


def convene_in_transaction(
    actor: Actor, request: EmergencyRequest, also: Also | None = None
) -> Conference:
    """Convene from an edge, in a transaction of its own."""

    def act(session: Session) -> Conference:
        return convene(session, actor, request)

    def ask(session: Session) -> Question:
        return _survey(session, actor, request).question

    return run_in_transaction(actor, act, ask, also)


def _booking(request: EmergencyRequest, survey: _Survey) -> BookingRequest:
    room = survey.question.room
    return BookingRequest(
        title=request.title,
        type="emergency",
        priority=request.priority,
        room_code=room.code if room else "",
        starts_at=survey.span.start,
        ends_at=survey.span.end,
        site_codes=tuple(site.code for site in survey.sites),
        attendees=request.attendees,
        agenda=request.agenda,
        reason=request.reason,
        chair=request.chair,
        host_unit_id=survey.host.id,
        source_ref=request.source_ref,
        is_drill=request.is_drill,
    )


def _survey(session: Session, actor: Actor, request: EmergencyRequest) -> _Survey:
    host = host_unit(session, actor, request.host_unit_id, CAPABILITY)
    start = _whole_minute(request.starts_at or now())
    if request.duration <= timedelta(0):
        raise Invalid([FieldError("duration", _("Thời lượng phải dài hơn 0 phút."))])
    span = Interval(start, start + request.duration)
    sites, missing = _sites(session, actor, request, host)
    rooms = _rooms(session, actor, request, host, len(sites))
    surveys = (
        _look(session, request, _Survey(host, span, sites, missing, question, Findings()))
        for question in (Question((span,), sites, room, None, False) for room in rooms)
    )
    best: _Survey | None = None
    for survey in surveys:
        if best is None or _rank(survey) < _rank(best):
            best = survey
        if survey.findings.is_free:
            break
    if best is None:
        raise Invalid([FieldError("room", _("Không có phòng nào nối được từng ấy điểm cầu."))])
    return best


def _whole_minute(moment: datetime) -> datetime:
    """Return this minute or the next: nobody is invited for seven past and 59 seconds."""
    start = moment.replace(second=0, microsecond=0)
    return start if start == moment else start + timedelta(minutes=1)


def _rank(survey: _Survey) -> tuple[bool, bool, int, int]:
    whole = sum(item.is_whole for item in survey.displaced)
    return (
        not survey.findings.is_free,
        not survey.is_possible,
        whole,
        len(survey.findings.clashes),
    )


def _look(session: Session, request: EmergencyRequest, empty: _Survey) -> _Survey:
    findings = look(session, empty.question)
    rows = [row for _clash, row in findings.clashes]
    blocked = [row for row in rows if not may_displace(request, row)]
    room = empty.question.room
    giving_way = displacements(session, rows, room.code if room else "") if not blocked else []
    freed = sum(
        len(item.occurrence.conference.sites) if item.is_whole else len(item.resources)
        for item in giving_way
        if room and item.occurrence.conference.room.bridge_id == room.bridge_id
    )
    missing = max((shortage.missing for shortage in findings.shortages), default=0)
    return _Survey(
        empty.host,
        empty.span,
        empty.sites,
        empty.units_without_site,
        empty.question,
        findings,
        giving_way,
        blocked,
        missing > freed,
    )


def _sites(
    session: Session, actor: Actor, request: EmergencyRequest, host: OrgUnit
) -> tuple[tuple[Site, ...], tuple[OrgUnit, ...]]:
    if request.site_codes:
        known = sites_by_code(session, request.site_codes)
        found = [known[code] for code in dict.fromkeys(request.site_codes) if code in known]
        missing: tuple[OrgUnit, ...] = ()
    else:
        own = [host.id] if request.with_host else []
        unit_ids = list(dict.fromkeys([*own, *request.unit_ids]))
        by_unit: dict[int, Site] = {}
        for site in sites_of_units(session, unit_ids):
            by_unit.setdefault(site.unit_id, site)
        found = [by_unit[unit_id] for unit_id in unit_ids if unit_id in by_unit]
        # The first site presides: the host's, else one of the highest level.
        found.sort(key=lambda site: (site.unit_id != host.id, LEVELS.get(site.unit.level, 2)))
        gone = [unit_id for unit_id in request.unit_ids if unit_id not in by_unit]
        missing = tuple(u for u in (session.get(OrgUnit, id_) for id_ in gone) if u is not None)
    allowed = [site for site in found if actor.can_at(CAPABILITY, site.unit)]
    if not allowed:
        raise Invalid([FieldError("site_codes", _("Các đơn vị này chưa có điểm cầu."))])
    return tuple(allowed), missing


def _rooms(
    session: Session, actor: Actor, request: EmergencyRequest, host: OrgUnit, count: int
) -> list[Room]:
    rooms = [
        room
        for room in usable_rooms(session, actor)
        if room.capacity >= count
        and room.bridge.is_active
        and is_room_open_to(room, host, actor)
        and request.room_code in ("", room.code)
    ]
    return sorted(rooms, key=lambda room: (room.capacity, room.code))
