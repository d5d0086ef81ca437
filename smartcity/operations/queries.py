"""What the operations view and the wall show at one instant, for one viewer.

One function gives it all, as plain JSON without words: the page is rendered from it, the live
feed sends it on connect, and a poll answers it when the line is lost.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.access.actor import Actor, Scope
from hub.access.models import OrgUnit
from hub.clock import now
from hub.contracts.emergency import CONFERENCES_TODAY
from hub.contracts.sites import REACHABILITY
from hub.orgunits.queries import current_units, path_ids
from hub.text import sort_key
from smartcity.alerts.conditions import LINE_KIND, POWER_KIND, site_conditions
from smartcity.devices.queries import silent_before
from smartcity.devices.stations import WATER_LEVEL, Station, stations
from smartcity.domain.flood import offset_from_marks
from smartcity.domain.overview import AreaCount, bare_name, cell_levels, short_name
from smartcity.domain.severity import Severity
from smartcity.models import Alert, Device, Series
from smartcity.operations.alerts import alert_views, open_alerts, shelved
from smartcity.operations.hearing import hearing
from smartcity.series.queries import curves

# Worst first: what a site shows when several things are true of it.
STATES: Final = ("power_out", "line_out", "unreachable", "unknown", "audio_only", "ok")
REACHED: Final = frozenset({"ok", "audio_only"})
_OF_REACH: Final = {
    "video": "ok",
    "audio": "audio_only",
    "phone": "audio_only",
    "none": "unreachable",
    "unknown": "unknown",
}
_OF_CONDITION: Final = {
    "ok": "ok",
    "power_lost": "power_out",
    "line_lost": "line_out",
    "unknown": "unknown",
}


def site_states(session: Session, actor: Actor, scope: Scope) -> dict[str, tuple[int, str]]:
    """Return per site code its unit and state, one of :data:`STATES`.

    The booking side knows all sites and how each answers; the devices say why one does not.
    """
    watched = _watched(session, scope)
    port = REACHABILITY.ask()
    if port is None:
        return watched
    found: dict[str, tuple[int, str]] = {}
    for site in port(session, actor):
        state, seen = _OF_REACH[site.reach], watched.get(site.site_code)
        # "Cannot be reached" is all the booking side can say; a reason says more.
        reason = seen[1] if seen is not None and state not in REACHED else state
        found[site.site_code] = (site.unit_id, reason if reason not in REACHED else state)
    # An installation may watch places without booking conferences there.
    return found or watched


def _watched(session: Session, scope: Scope) -> dict[str, tuple[int, str]]:
    rows = session.execute(
        select(Device.site_code, Device.unit_id).where(
            Device.kind.in_((POWER_KIND, LINE_KIND)),
            Device.site_code != "",
            Device.is_active,
            scope.clause(Device.unit_id),
        )
    )
    units = {row.site_code: row.unit_id for row in rows}
    conditions = site_conditions(session, sorted(units))
    return {code: (units[code], _OF_CONDITION[c.state]) for code, c in conditions.items()}


def reach_of(states: Iterable[str]) -> dict[str, Any]:
    """Count states: ``reachable`` of ``total``, and ``parts`` of each state that occurs."""
    counts = Counter(states)
    return {
        "reachable": sum(counts[state] for state in REACHED),
        "total": counts.total(),
        "parts": {state: counts[state] for state in STATES if counts[state]},
    }


def by_area(
    sites: Mapping[str, tuple[int, str]], area_of: Mapping[int, int]
) -> dict[int, list[str]]:
    """Group the states of the sites by the area their unit lies in."""
    grouped: dict[int, list[str]] = {}
    for unit_id, state in sites.values():
        if unit_id in area_of:
            grouped.setdefault(area_of[unit_id], []).append(state)
    return grouped


CAPABILITY: Final = "operations.view"
STATION_LIMIT: Final = 12
CURVE_SECONDS: Final = 900
_SEVERITY_RANK: Final = {"critical": 0, "high": 1, "medium": 2, "low": 3, "normal": 4}


@dataclass(frozen=True, slots=True)
class Places:
    """The units in a viewer's scope and the area each lies in.

    An area is the first tier below the province, or the top of the scope where that is lower;
    cells are the units without any below them. Nothing here knows the names of the tiers.
    """

    units: dict[int, OrgUnit]
    areas: dict[int, OrgUnit]
    area_of: dict[int, int]
    cells: dict[int, int]

    def area_units(self) -> dict[int, OrgUnit]:
        """Return the area of each unit."""
        return {unit: self.areas[area] for unit, area in self.area_of.items()}


def places_of(units: Iterable[OrgUnit], scope: Scope) -> Places:
    """Sort the units in force into areas and cells."""
    inside = {unit.id: unit for unit in units if scope.covers(unit)}
    parents = {unit.parent_id for unit in inside.values()}
    area_of: dict[int, int] = {}
    for unit in inside.values():
        way = [found for found in path_ids(unit.path) if found in inside]
        below_root = [found for found in way if inside[found].parent_id is not None]
        if below_root:
            area_of[unit.id] = below_root[0]
    cells = {u: a for u, a in area_of.items() if u not in parents and inside[u].level != "office"}
    areas = {found: inside[found] for found in area_of.values()}
    return Places(inside, areas, area_of, cells)


def operations_snapshot(session: Session, actor: Actor) -> dict[str, Any]:
    """Return everything the operations view shows now, inside the actor's part of the province."""
    at = now()
    scope = actor.scope_for(CAPABILITY)
    places = places_of(current_units(session), scope)
    inside = scope.clause(Alert.unit_id)
    alerts = open_alerts(session, inside)
    sites = site_states(session, actor, scope)
    return {
        "at": at.isoformat(),
        "hearing": hearing(session),
        "heard_at": _newest_reading(session, scope),
        "counts": severity_counts(alerts),
        "shelved": shelved(session, inside),
        "alerts": alert_views(session, alerts, places.area_units()),
        "areas": _areas(places, alerts, by_area(sites, places.area_of)),
        "reach": reach_of(state for _unit, state in sites.values()),
        "units": {unit.id: _unit_view(unit, places) for unit in places.units.values()},
        "cells": _cells(session, places, alerts, at),
        "stations": station_views(session, stations(session, scope, at)[:STATION_LIMIT], places),
        "conferences": conference_views(session, actor, at),
    }


def severity_counts(alerts: Sequence[Alert]) -> dict[str, int]:
    """Count open alerts by severity, each severity present."""
    counts = dict.fromkeys((s.value for s in Severity), 0)
    for alert in alerts:
        counts[alert.severity] += 1
    return counts


def _newest_reading(session: Session, scope: Scope) -> str | None:
    query = select(func.max(Series.latest_observed_at)).join(Series.device)
    newest: datetime | None = session.scalar(query.where(scope.clause(Device.unit_id)))
    return newest.isoformat() if newest else None


def _unit_view(unit: OrgUnit, places: Places) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": short_name(unit.name),
        "area_id": places.area_of.get(unit.id),
        "cell": unit.id in places.cells,
    }


def _areas(
    places: Places, alerts: Sequence[Alert], states: dict[int, list[str]]
) -> list[dict[str, Any]]:
    counts = {area: AreaCount() for area in places.areas}
    for alert in alerts:
        if (area := places.area_of.get(alert.unit_id)) is not None:
            counts[area].by_severity[alert.severity] += 1
    views = [
        {
            "id": area,
            "code": unit.code,
            "name": short_name(unit.name),
            "bare": bare_name(unit.name),
            "counts": counts[area].by_severity,
            "count": counts[area].total,
            "worst": counts[area].worst,
            "reach": (reach := reach_of(states.get(area, []))),
            "quiet": quiet_level(reach),
        }
        for area, unit in places.areas.items()
    ]
    return sorted(views, key=area_order)


def quiet_level(reach: dict[str, Any]) -> str:
    """Return what an area without alerts shows: no site heard of is not the same as all well."""
    heard = reach["total"] - reach["parts"].get("unknown", 0)
    return "normal" if heard > 0 else "unknown"


def area_order(area: dict[str, Any]) -> tuple[Any, ...]:
    """Sort key: worst first, among equals who cannot be reached, then Vietnamese order."""
    reach = area["reach"]
    is_cut_off = reach["total"] > 0 and reach["reachable"] == 0
    return _SEVERITY_RANK[area["worst"]], not is_cut_off, -area["count"], sort_key(area["bare"])


def _cells(
    session: Session, places: Places, alerts: Sequence[Alert], at: datetime
) -> dict[str, str]:
    query = select(Device).where(Device.is_active, Device.last_seen_at.is_not(None))
    devices = session.scalars(query.where(Device.unit_id.in_(places.cells))).all()
    heard = {
        device.unit_id
        for device in devices
        if device.last_seen_at is not None and device.last_seen_at >= silent_before(device, at)
    }
    open_now = [(alert.unit_id, alert.severity) for alert in alerts]
    levels = cell_levels(places.cells, open_now, heard)
    return {places.units[unit].code: level for unit, level in levels.items()}


def station_views(
    session: Session, found: Sequence[Station], places: Places
) -> list[dict[str, Any]]:
    """Describe river stations with the curve of their last 24 hours (steps of 15 minutes)."""
    drawn = curves(session, {(s.device.id, WATER_LEVEL) for s in found}, CURVE_SECONDS)
    return [
        {
            **_station_view(station),
            "unit_id": station.device.unit_id,
            "points": drawn.get((station.device.id, WATER_LEVEL), []),
        }
        for station in found
        if station.device.unit_id in places.units
    ]


def _station_view(station: Station) -> dict[str, Any]:
    device, at = station.device, station.observed_at
    offset = offset_from_marks(station.marks, station.level) if station.level is not None else None
    return {
        "device_id": device.id,
        "code": device.code,
        "name": device.name,
        "river": device.river,
        "lat": device.lat,
        "lon": device.lon,
        "level": station.level,
        "observed_at": at.isoformat() if at else None,
        "stale_at": _stale_at(device, at),
        "is_stale": station.is_stale,
        "drill": station.is_drill,
        "severity": station.severity,
        "marks": station.marks.known(),
        "offset": [offset.mark, offset.relation.value, offset.metres] if offset else None,
        "trend": station.trend,
        "top_m": station.top_m,
        "basis": device.marks.basis if device.marks else "",
    }


def _stale_at(device: Device, observed_at: datetime | None) -> str | None:
    if observed_at is None:
        return None
    now_silent = silent_before(device, observed_at)
    return (observed_at + (observed_at - now_silent)).isoformat()


def conference_views(session: Session, actor: Actor, at: datetime) -> list[dict[str, Any]] | None:
    """Describe the conferences of today; None when the booking side is not there."""
    port = CONFERENCES_TODAY.ask()
    if port is None:
        return None
    return [
        {
            "code": conference.code,
            "url": conference.url,
            "title": conference.title,
            "starts_at": conference.starts_at.isoformat(),
            "ends_at": conference.ends_at.isoformat(),
            "state": conference.state,
            "ready": conference.ready_count,
            "sites": conference.site_count,
        }
        for conference in port(session, actor, at)
    ]
