"""Which units an alert concerns: the first answer for whom to call together.

The rule is plain on purpose, because a person corrects it in a second: the alert's own unit, the
unit above it, and those neighbours under the same unit that have an open alert or lie within
12 km of the station.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.models import OrgUnit
from hub.contracts.sites import SiteCondition
from hub.orgunits.queries import in_force
from hub.text import sort_key
from smartcity.alerts.conditions import unit_conditions
from smartcity.alerts.queries import open_alert_units
from smartcity.models import Alert

NEAR_KM: Final = 12.0
EARTH_KM: Final = 6371.0
# A unit without a watched site of its own.
UNKNOWN: Final = SiteCondition("", "unknown")


@dataclass(frozen=True, slots=True)
class AreaUnit:
    """A unit that may be called; ``is_chosen`` is the rule's proposal."""

    unit: OrgUnit
    is_chosen: bool
    is_head: bool
    severity: str
    km: float | None
    condition: SiteCondition


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Return the great-circle distance of two points given in degrees."""
    d_lat, d_lon = radians(lat2 - lat1), radians(lon2 - lon1)
    a = sin(d_lat / 2) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(d_lon / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(a))


def area_of(session: Session, alert: Alert) -> list[AreaUnit]:
    """Return the head unit first, then its units in Vietnamese order."""
    head, members = _family(session, alert.unit)
    everyone = [head, *members]
    ids = [unit.id for unit in everyone]
    alerted = open_alert_units(session, ids)
    conditions = unit_conditions(session, ids)
    return [
        _area_unit(alert, unit, unit is head, alerted, conditions.get(unit.id, UNKNOWN))
        for unit in everyone
    ]


def _family(session: Session, unit: OrgUnit) -> tuple[OrgUnit, Sequence[OrgUnit]]:
    """The unit that would lead the conference, and the units under it."""
    children = _children(session, unit)
    if children or unit.parent is None:
        return unit, children
    return unit.parent, _children(session, unit.parent)


def _children(session: Session, unit: OrgUnit) -> list[OrgUnit]:
    query = select(OrgUnit).where(OrgUnit.parent_id == unit.id, in_force())
    return sorted(session.scalars(query), key=lambda child: sort_key(child.name))


def _area_unit(
    alert: Alert, unit: OrgUnit, is_head: bool, alerted: dict[int, str], condition: SiteCondition
) -> AreaUnit:
    km = _distance(alert, unit)
    is_near = km is not None and km <= NEAR_KM
    is_chosen = is_head or unit.id == alert.unit_id or unit.id in alerted or is_near
    return AreaUnit(unit, is_chosen, is_head, alerted.get(unit.id, ""), km, condition)


def _distance(alert: Alert, unit: OrgUnit) -> float | None:
    device = alert.device
    place = device if device.lat is not None and device.lon is not None else alert.unit
    if place.lat is None or place.lon is None or unit.lat is None or unit.lon is None:
        return None
    return distance_km(place.lat, place.lon, unit.lat, unit.lon)
