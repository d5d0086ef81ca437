"""What conferencing answers when others ask: convene, look ahead, today, reachability."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing.booking.preemption import Displacement
from conferencing.emergency import services
from conferencing.models import Site
from conferencing.occurrences.days import state_of_row
from conferencing.occurrences.queries import OccurrenceRow, occurrences_between
from conferencing.places.sites.queries import visible_sites
from hub.accounts.actor import Actor
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
from hub.errors import Invalid

# Below this a line carries sound but no usable picture.
AUDIO_ONLY_KBPS: Final = 256


def convene_from_alert(
    session: Session, actor: Actor, request: ConveneRequest
) -> ConvenedConference:
    """Book the emergency conference of an alert in the caller's transaction."""
    conference = services.convene(session, actor, request)
    url = url_for("conferencing.show_conference", code=conference.code)
    return ConvenedConference(conference.code, conference.uid, url)


def preview_for_alert(session: Session, actor: Actor, request: ConveneRequest) -> ConvenePreview:
    """Say what convening would take; changes nothing."""
    try:
        seen = services.preview(session, actor, request)
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


def _blocked(seen: services.EmergencyPreview) -> str:
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
