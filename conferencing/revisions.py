"""A conference's present revision as calendars see it, and the fragment feeds join."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final, cast

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from conferencing.domain.booking_rules import ConferenceType, Priority
from conferencing.domain.changes import ConferenceRevision
from conferencing.domain.interval import Interval
from conferencing.domain.series import SeriesDate, ToldSeries, tell_series
from conferencing.domain.states import IcalStatus
from conferencing.ical import feed
from conferencing.ical.revision import CalendarRevision, OccurrenceOverride, Organizer
from conferencing.links import settings
from conferencing.models import Conference, ConferenceSite, Occurrence
from hub.text import sort_key

MAX_LISTED_SITES: Final = 12


def calendar_revision(conference: Conference) -> CalendarRevision:
    """Return the conference as plain calendar values; its sites and occurrences are loaded."""
    room = conference.room
    told = _told(conference)
    return CalendarRevision(
        uid=conference.uid,
        sequence=conference.sequence,
        dtstamp=conference.updated_at,
        created=conference.created_at,
        last_modified=conference.updated_at,
        title=conference.title,
        organizer=Organizer(conference.organizer_name, conference.organizer_email),
        start=told.start,
        end=told.start + (conference.ends_at - conference.starts_at),
        status=cast(IcalStatus, conference.status),
        description=description(conference),
        location=" · ".join(filter(None, (room.name, room.join_url or room.dial_in))),
        url=f"{settings().base_url}/conferences/{conference.code}",
        join_url=room.join_url,
        rrule=told.rrule,
        exdates=told.left_out,
        overrides=_overrides(conference),
        follows=conference.follows.uid if conference.follows else "",
        priority=Priority(conference.priority).ical,
        categories=(type_label(conference.type),),
        is_drill=conference.is_drill,
    )


def _told(conference: Conference) -> ToldSeries:
    if not conference.rrule:
        return ToldSeries(conference.starts_at, "")
    dates = [
        SeriesDate(o.recurrence_id, Interval(o.starts_at, o.ends_at), _is_left_out(o))
        for o in conference.occurrences
    ]
    if all(date.is_cancelled for date in dates):
        return ToldSeries(conference.starts_at, conference.rrule)
    return tell_series(conference.rrule, dates)


def _is_left_out(occurrence: Occurrence) -> bool:
    conference = occurrence.conference
    if _is_off(conference):  # the dates that were still held until then are told
        return occurrence.sequence < conference.sequence
    return occurrence.status == "CANCELLED"


def _is_off(conference: Conference) -> bool:
    return conference.status == "CANCELLED"


def _overrides(conference: Conference) -> tuple[OccurrenceOverride, ...]:
    if not conference.rrule or _is_off(conference):
        return ()
    return tuple(
        override_of(occurrence)
        for occurrence in conference.occurrences
        if occurrence.is_moved and occurrence.status != "CANCELLED"
    )


def override_of(occurrence: Occurrence) -> OccurrenceOverride:
    """Return one occurrence as it differs from its series."""
    return OccurrenceOverride(
        occurrence.recurrence_id,
        occurrence.starts_at,
        occurrence.ends_at,
        occurrence.status == "CANCELLED",
        occurrence.sequence,
    )


def description(conference: Conference) -> str:
    """Return what a calendar shows below the title, in Vietnamese."""
    room = conference.room
    with force_locale("vi"):
        lines = [
            _("Đơn vị mời: %(unit)s", unit=conference.host_unit.name),
            _("Chủ trì: %(chair)s", chair=conference.chair) if conference.chair else "",
            _("Phòng họp trực tuyến: %(room)s", room=room.name),
            _("Tham gia: %(link)s", link=room.join_url) if room.join_url else "",
            _("Gọi vào: %(number)s", number=room.dial_in) if room.dial_in else "",
            _("Điểm cầu: %(sites)s", sites=sites_text(conference.sites)),
        ]
    if conference.agenda:
        lines += ["", conference.agenda]
    return "\n".join(text for index, text in enumerate(lines) if text or index >= 6)


def sites_text(taking_part: Iterable[ConferenceSite]) -> str:
    """Return the sites by name, or their number by level when they are many."""
    sites = [row.site for row in taking_part]
    if len(sites) <= MAX_LISTED_SITES:
        return ", ".join(sorted((site.name for site in sites), key=sort_key))
    counts: dict[str, int] = {}
    for site in sites:
        counts[site.unit.level] = counts.get(site.unit.level, 0) + 1
    parts = ", ".join(level_count(level, count) for level, count in counts.items())
    return _("%(total)s điểm cầu (%(parts)s)", total=len(sites), parts=parts)


def level_count(level: str, count: int) -> str:
    """Return how many units of a level, in words."""
    match level:
        case "province":
            return ngettext("%(num)s cấp tỉnh", "%(num)s cấp tỉnh", count)
        case "district":
            return ngettext("%(num)s cấp huyện", "%(num)s cấp huyện", count)
        case "commune":
            return ngettext("%(num)s cấp xã", "%(num)s cấp xã", count)
        case _:
            return ngettext("%(num)s đơn vị khác", "%(num)s đơn vị khác", count)


def type_label(kind: str) -> str:
    """Return a conference type in words."""
    return {
        ConferenceType.REGULAR.value: _("Định kỳ"),
        ConferenceType.UNPLANNED.value: _("Đột xuất"),
        ConferenceType.EMERGENCY.value: _("Khẩn cấp"),
        ConferenceType.TRAINING.value: _("Tập huấn"),
        ConferenceType.TEST.value: _("Chạy thử"),
    }.get(kind, kind)


def refresh_fragment(conference: Conference) -> None:
    """Build the feed fragment of the present revision."""
    with force_locale("vi"):
        revision = calendar_revision(conference)
    alarm: timedelta | None = feed.REMINDER
    conference.ical_fragment = feed.fragment(revision, alarm)


def compared_revision(conference: Conference) -> ConferenceRevision:
    """Return the side of the conference that decides who must be told what."""
    return ConferenceRevision(
        interval=Interval(conference.starts_at, conference.ends_at),
        title=conference.title,
        room=conference.room.code,
        join_url=conference.room.join_url,
        rrule=conference.rrule,
        exdates=tuple(o.recurrence_id for o in conference.occurrences if o.status == "CANCELLED"),
        agenda=f"{conference.chair}\n{conference.agenda}",
        sites={row.site.code: row.role for row in conference.sites},
        attendees=frozenset(a.email for a in conference.attendees),
        is_cancelled=_is_off(conference),
    )
