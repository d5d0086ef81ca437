"""Emergency conferences: exactly the units concerned, a free room at once, or make way."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing.availability.queries import Findings, Question, check_availability, conflict_items
from conferencing.booking.plan import Plan, checked_matter, host_unit, is_room_open_to
from conferencing.booking.preemption import (
    Displacement,
    displacements,
    may_displace,
    release,
    tell_displaced,
)
from conferencing.booking.requests import BookingRequest
from conferencing.booking.services import clash_conflict, write_booking
from conferencing.domain.availability import PortPool
from conferencing.domain.booking_rules import DEFAULT_PRIORITIES, ConferenceType
from conferencing.domain.conflicts import PortUse, port_shortage
from conferencing.domain.interval import Interval
from conferencing.domain.recurrence import DatedOccurrence
from conferencing.holds.services import BusyRow, port_spans
from conferencing.models import Conference, Room, Site
from conferencing.occurrences.days import state_of_row
from conferencing.occurrences.queries import OccurrenceRow, occurrences_between
from conferencing.places.rooms.queries import usable_rooms
from conferencing.places.sites.queries import sites_by_code, sites_of_units, visible_sites
from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.clock import local
from hub.contracts.emergency import (
    ConvenedConference,
    ConvenePreview,
    ConveneRequest,
    Displaced,
    PreviewSite,
    TodayConference,
)
from hub.contracts.sites import Reach, SiteCondition, SiteReach, site_conditions
from hub.errors import FieldError, Invalid

# Below this a line carries sound but no usable picture.
AUDIO_ONLY_KBPS: Final = 256


def convene_from_alert(
    session: Session, actor: Actor, request: ConveneRequest
) -> ConvenedConference:
    """Book the emergency conference of an alert in the caller's transaction."""
    conference = convene(session, actor, request)
    url = url_for("conferencing.show_conference", code=conference.code)
    return ConvenedConference(conference.code, conference.uid, url)


def preview_for_alert(session: Session, actor: Actor, request: ConveneRequest) -> ConvenePreview:
    """Say what convening would take; changes nothing."""
    try:
        seen = preview(session, actor, request)
    except Invalid as error:
        return ConvenePreview((), "", 0, 0, blocked=error.message)
    return ConvenePreview(
        sites=tuple(
            PreviewSite(
                code=found.site.code,
                name=found.site.name,
                unit_id=found.site.unit_id,
                condition=found.condition.state if found.condition else "unknown",
                condition_note=found.condition.detail if found.condition else "",
                # What gives way is named once, not again at each of its sites.
                clash=found.clash if found.is_blocked else "",
            )
            for found in seen.sites
        ),
        room=seen.room.name if seen.room else "",
        ports_needed=seen.ports_needed,
        ports_free=seen.ports_free,
        displaced=tuple(_displaced(item) for item in seen.displaced),
        blocked=_blocked(seen),
    )


def _displaced(item: Displacement) -> Displaced:
    conference = item.occurrence.conference
    return Displaced(
        code=conference.code,
        title=conference.title,
        starts_at=item.occurrence.starts_at,
        ends_at=item.occurrence.ends_at,
        sites=len(conference.sites),
        lost_sites=item.lost_sites,
        is_whole=item.is_whole,
        cause=item.cause,
    )


def _blocked(seen: "EmergencyPreview") -> str:
    if seen.room is None:
        return _("Không còn phòng họp trực tuyến nào đủ chỗ.")
    if seen.conflicts:
        names = ", ".join(str(item["resource_name"]) for item in seen.conflicts)
        return _("Đang họp việc không thể nhường: %(names)s.", names=names)
    return ""


def conferences_of_day(session: Session, actor: Actor, day: datetime) -> Sequence[TodayConference]:
    """List the conferences of a day that this actor may see, in order of start."""
    start = local(day).replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        _today(row) for row in occurrences_between(session, actor, start, start + timedelta(days=1))
    ]


def _today(row: OccurrenceRow) -> TodayConference:
    return TodayConference(
        code=row.code,
        url=url_for("conferencing.show_conference", code=row.code),
        title=row.title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=state_of_row(row).value,
        ready_count=row.accepted,
        site_count=row.sites,
    )


def reach_of_sites(session: Session, actor: Actor) -> Sequence[SiteReach]:
    """Say how each site the actor may see can be reached now."""
    sites = visible_sites(session, actor)
    conditions = site_conditions(session, [site.code for site in sites])
    return [
        SiteReach(site.code, site.unit_id, _reach(site, conditions.get(site.code)))
        for site in sites
    ]


def _reach(site: Site, found: SiteCondition | None) -> Reach:
    if found is None or found.state == "unknown":
        return "unknown"
    if found.is_doubtful:
        return "none"
    return "audio" if site.line_kbps is not None and site.line_kbps < AUDIO_ONLY_KBPS else "video"


CAPABILITY = "conference.convene"
PRIORITY = int(DEFAULT_PRIORITIES[ConferenceType.EMERGENCY])
LEVELS = {"province": 0, "district": 1}


@dataclass(frozen=True, slots=True)
class SurveyedSite:
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
    sites: tuple[SurveyedSite, ...]
    ports_needed: int
    ports_free: int
    displaced: tuple[Displacement, ...] = ()
    conflicts: tuple[dict[str, object], ...] = ()
    units_without_site: tuple[OrgUnit, ...] = ()

    @property
    def doubtful(self) -> tuple[SurveyedSite, ...]:
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
    room: Room
    findings: Findings
    displaced: list[Displacement] = field(default_factory=list)
    blocked: list[BusyRow] = field(default_factory=list)
    ports_missing: int = 0
    """How many ports are wanting at the worst moment, when all others have made way."""

    @property
    def is_possible(self) -> bool:
        return not self.blocked and not self.ports_missing


def preview(session: Session, actor: Actor, request: ConveneRequest) -> EmergencyPreview:
    """Return what convening would take, who would make way and which sites are doubtful.

    Raises:
        Invalid: no site, or no room that could take so many.
        NotAllowed: the actor may not convene for the host unit.
    """
    survey = _survey(session, actor, request)
    conditions = site_conditions(session, [site.code for site in survey.sites])
    # A site may be held by several in the span: one that may not make way blocks it.
    blocked = {row.block.resource: row.block.title for row in survey.blocked}
    items = conflict_items(session, actor, survey.findings)
    titles = {item["resource"]: str(item["title"]) for item in items}
    in_the_way = [] if survey.is_possible else items
    return EmergencyPreview(
        starts_at=survey.span.start,
        ends_at=survey.span.end,
        room=survey.room,
        sites=tuple(
            SurveyedSite(
                site,
                blocked.get(site.code) or titles.get(site.code, ""),
                site.code in blocked,
                conditions.get(site.code),
            )
            for site in survey.sites
        ),
        ports_needed=len(survey.sites),
        ports_free=_ports_free(session, survey),
        displaced=tuple(survey.displaced),
        conflicts=tuple(in_the_way),
        units_without_site=survey.units_without_site,
    )


def _ports_free(session: Session, survey: _Survey) -> int:
    bridge = survey.room.bridge
    pool = PortPool(bridge.ports, tuple(port_spans(session, bridge.id, survey.span)))
    return pool.free_during((survey.span,))


def convene(session: Session, actor: Actor, request: ConveneRequest) -> Conference:
    """Book the emergency conference; call it before anything else writes to the journal.

    Raises:
        Invalid: no site, or no room that could take so many.
        NotAllowed: the actor may not convene for the host unit.
        Conflict: something is in the way that may not, or was not asked to, make way.
        TakenMeanwhile: somebody else was faster; the transaction cannot go on.
    """
    survey = _survey(session, actor, request)
    if not survey.findings.is_free and not (request.displace and survey.is_possible):
        raise clash_conflict(session, actor, survey.findings, _why_not(survey, request))
    plan = _plan(session, actor, request, survey)
    release(session, survey.displaced)
    conference = write_booking(session, actor, plan)
    tell_displaced(session, actor, conference, survey.displaced)
    return conference


def _why_not(survey: _Survey, request: ConveneRequest) -> str:
    if request.displace and survey.ports_missing:
        return _(
            "%(bridge)s còn thiếu %(count)s cổng, kể cả khi các cuộc họp khác nhường chỗ.",
            bridge=survey.room.bridge.name,
            count=survey.ports_missing,
        )
    return _("Có cuộc họp khác đang giữ chỗ.")


def _plan(session: Session, actor: Actor, request: ConveneRequest, survey: _Survey) -> Plan:
    asked = BookingRequest(
        title=request.title,
        type=ConferenceType.EMERGENCY.value,
        priority=PRIORITY,
        room_code=survey.room.code,
        starts_at=survey.span.start,
        ends_at=survey.span.end,
        site_codes=tuple(site.code for site in survey.sites),
        reason=request.reason,
        host_unit_id=survey.host.id,
        source_ref=f"alert:{request.alert_code}" if request.alert_code else "",
        is_drill=request.is_drill,
    )
    return Plan(
        request=checked_matter(session, actor, asked),
        room=survey.room,
        sites=survey.sites,
        host=survey.host,
        priority=PRIORITY,
        rrule="",
        occurrences=(DatedOccurrence(survey.span.start, survey.span),),
    )


def _survey(session: Session, actor: Actor, request: ConveneRequest) -> _Survey:
    host = host_unit(session, actor, None, CAPABILITY)
    start = _whole_minute(request.starts_at)
    if request.duration <= timedelta(0):
        raise Invalid([FieldError("duration", _("Thời lượng phải dài hơn 0 phút."))])
    span = Interval(start, start + request.duration)
    sites, missing = _sites(session, actor, request, host)
    rooms = _rooms(session, actor, host, len(sites))
    best: _Survey | None = None
    for room in rooms:
        findings = check_availability(session, Question((span,), sites, room, buffered=False))
        survey = _with_way(session, request, _Survey(host, span, sites, missing, room, findings))
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


def _with_way(session: Session, request: ConveneRequest, survey: _Survey) -> _Survey:
    """Add who would make way, what may not, and whether the ports suffice then."""
    rows = [row for _clash, row in survey.findings.clashes]
    blocked = [row for row in rows if not may_displace(PRIORITY, request.is_drill, row)]
    giving_way = [] if blocked else displacements(session, rows, survey.room.code)
    missing = _ports_missing(session, survey, giving_way) if survey.findings.shortages else 0
    return replace(survey, displaced=giving_way, blocked=blocked, ports_missing=missing)


def _ports_missing(session: Session, survey: _Survey, giving_way: Sequence[Displacement]) -> int:
    """Return how many ports are wanting moment by moment, not those freed at another time."""
    bridge = survey.room.bridge
    freed = {item.occurrence.id: item.lost_sites for item in giving_way}
    uses = port_spans(session, bridge.id, survey.span, freed=freed)
    wish = PortUse(survey.span, len(survey.sites))
    return max((s.missing for s in port_shortage(uses, [wish], bridge.ports)), default=0)


def _sites(
    session: Session, actor: Actor, request: ConveneRequest, host: OrgUnit
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


def _rooms(session: Session, actor: Actor, host: OrgUnit, count: int) -> list[Room]:
    rooms = [
        room
        for room in usable_rooms(session, actor)
        if room.capacity >= count and room.bridge.is_active and is_room_open_to(room, host, actor)
    ]
    return sorted(rooms, key=lambda room: (room.capacity, room.code))
