"""Which sites can be reached now, from what watches their power and line."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.actor import Actor, Scope
from hub.contracts.sites import REACHABILITY
from smartcity.alerts.conditions import LINE_KIND, POWER_KIND, site_conditions
from smartcity.models import Device

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
