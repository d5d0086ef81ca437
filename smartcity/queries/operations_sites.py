"""Which sites can be reached now, from what watches their power and line."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.actor import Actor, Scope
from smartcity.domain.alarm import AlarmState
from smartcity.models import Alert, Device
from smartcity.ports import reachability_port
from smartcity.queries.devices import silent_before

WATCHING: Final = ("site_power", "site_line")
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


def site_states(
    session: Session, actor: Actor, scope: Scope, now: datetime
) -> dict[str, tuple[int, str]]:
    """Return per site code its unit and state, one of :data:`STATES`.

    The booking side knows all sites and how each answers; the devices say why one does not.
    """
    found: dict[str, tuple[int, str]] = {}
    port = reachability_port()
    if port is not None:
        for site in port(session, actor):
            found[site.site_code] = (site.unit_id, _OF_REACH[site.reach])
    for code, seen in _watched(session, scope, now).items():
        if port is None or (code in found and found[code][1] not in REACHED):
            found[code] = _worse(found.get(code), seen)
    return found


def _worse(known: tuple[int, str] | None, seen: tuple[int, str]) -> tuple[int, str]:
    if known is None:
        return seen
    # "Cannot be reached" is all the booking side can say; a reason says more.
    if known[1] == "unreachable" and seen[1] in ("power_out", "line_out"):
        return known[0], seen[1]
    return min(known, seen, key=lambda pair: STATES.index(pair[1]))


def _watched(session: Session, scope: Scope, now: datetime) -> dict[str, tuple[int, str]]:
    devices = session.scalars(
        select(Device).where(
            Device.kind.in_(WATCHING),
            Device.site_code != "",
            Device.is_active,
            scope.clause(Device.unit_id),
        )
    ).all()
    failing = _failing(session)
    found: dict[str, tuple[int, str]] = {}
    for device in devices:
        state = device_state(device, device.id in failing, now)
        found[device.site_code] = _worse(found.get(device.site_code), (device.unit_id, state))
    return found


def _failing(session: Session) -> set[int]:
    query = select(Alert.device_id).where(
        Alert.returned_at.is_(None),
        Alert.state != AlarmState.CLOSED.value,
        Alert.kind.in_(("threshold", "alarm_mark")),
    )
    return set(session.scalars(query))


def device_state(device: Device, is_failing: bool, now: datetime) -> str:
    """Return what one watching device says of its site."""
    if is_failing:
        return "power_out" if device.kind == "site_power" else "line_out"
    silent = device.last_seen_at is None or device.last_seen_at < silent_before(device, now)
    return "unknown" if silent or device.status == "offline" else "ok"


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
