"""What crosses from one half to the other: adapters that put one half's words into the other's.

``hub.main.wiring`` hands each function to the half that asks for it. Nothing is decided here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing import ports as conferencing_ports
from conferencing.booking.preemption import Displacement
from conferencing.emergency.services import EmergencyPreview, convene, preview
from conferencing.models import Site
from conferencing.occurrences.days import state_of_row
from conferencing.occurrences.queries import OccurrenceRow, occurrences_between
from conferencing.places.sites.queries import visible_sites
from conferencing.requests import EmergencyRequest
from hub.accounts.actor import Actor
from hub.clock import local
from hub.errors import Invalid
from smartcity import ports as smartcity_ports
from smartcity.alerts.conditions import site_conditions

# Below this a line carries sound but no usable picture.
AUDIO_ONLY_KBPS: Final = 256


def convene_from_alert(
    session: Session, actor: Actor, request: smartcity_ports.ConveneRequest
) -> smartcity_ports.ConvenedConference:
    """Book the emergency conference of an alert in the caller's transaction."""
    conference = convene(session, actor, _emergency(request))
    url = url_for("conferencing.show_conference", code=conference.code)
    return smartcity_ports.ConvenedConference(conference.code, conference.uid, url)


def preview_for_alert(
    session: Session, actor: Actor, request: smartcity_ports.ConveneRequest
) -> smartcity_ports.ConvenePreview:
    """Say what convening would take; changes nothing."""
    try:
        seen = preview(session, actor, _emergency(request))
    except Invalid as error:
        return smartcity_ports.ConvenePreview((), "", 0, 0, blocked=error.message)
    return smartcity_ports.ConvenePreview(
        sites=tuple(
            smartcity_ports.PreviewSite(
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


def _emergency(request: smartcity_ports.ConveneRequest) -> EmergencyRequest:
    return EmergencyRequest(
        title=request.title,
        unit_ids=() if request.site_codes else request.unit_ids,
        site_codes=request.site_codes,
        starts_at=request.starts_at,
        duration=request.duration,
        reason=request.reason,
        source_ref=f"alert:{request.alert_code}",
        is_drill=request.is_drill,
        displace=request.displace,
        with_host=request.with_host,
    )


def _displaced(item: Displacement) -> smartcity_ports.Displaced:
    conference = item.occurrence.conference
    return smartcity_ports.Displaced(
        code=conference.code,
        title=conference.title,
        starts_at=item.occurrence.starts_at,
        ends_at=item.occurrence.ends_at,
        sites=len(conference.sites),
        lost_sites=item.lost_sites,
        is_whole=item.is_whole,
        cause=item.cause,
    )


def _blocked(seen: EmergencyPreview) -> str:
    if seen.room is None:
        return _("Không còn phòng họp trực tuyến nào đủ chỗ.")
    if seen.conflicts:
        names = ", ".join(str(item["resource_name"]) for item in seen.conflicts)
        return _("Đang họp việc không thể nhường: %(names)s.", names=names)
    return ""


def conditions_of_sites(
    session: Session, site_codes: Sequence[str]
) -> Mapping[str, conferencing_ports.SiteCondition]:
    """Say what the sensors know of each site's power and line."""
    return {
        code: conferencing_ports.SiteCondition(code, found.state, found.since, found.detail)
        for code, found in site_conditions(session, site_codes).items()
    }


def conferences_of_day(
    session: Session, actor: Actor, day: datetime
) -> Sequence[smartcity_ports.TodayConference]:
    """List the conferences of a day that this actor may see, in order of start."""
    start = local(day).replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        _today(row) for row in occurrences_between(session, actor, start, start + timedelta(days=1))
    ]


def _today(row: OccurrenceRow) -> smartcity_ports.TodayConference:
    return smartcity_ports.TodayConference(
        code=row.code,
        url=url_for("conferencing.show_conference", code=row.code),
        title=row.title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=state_of_row(row).value,
        ready_count=row.accepted,
        site_count=row.sites,
    )


def reach_of_sites(session: Session, actor: Actor) -> Sequence[smartcity_ports.SiteReach]:
    """Say how each site the actor may see can be reached now."""
    sites = visible_sites(session, actor)
    conditions = site_conditions(session, [site.code for site in sites])
    return [
        smartcity_ports.SiteReach(
            site.code, site.unit_id, _reach(site, conditions[site.code].state)
        )
        for site in sites
    ]


def _reach(site: Site, condition: str) -> smartcity_ports.Reach:
    if condition in {"power_lost", "line_lost"}:
        return "none"
    if condition == "unknown":
        return "unknown"
    return "audio" if site.line_kbps is not None and site.line_kbps < AUDIO_ONLY_KBPS else "video"
