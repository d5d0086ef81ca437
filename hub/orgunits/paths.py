"""Paths of units ("/1/7/55/"), rebuilt whenever a parent changes."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.models import OrgUnit
from hub.orgunits.queries import in_force


def rebuild_paths(session: Session, on: date | None = None) -> None:
    """Write the path of every unit in force on the day from its chain of parents."""
    session.flush()
    units = {unit.id: unit for unit in session.scalars(select(OrgUnit).where(in_force(on)))}
    for unit in units.values():
        path = path_of(unit, units)
        if unit.path != path:
            unit.path = path
    session.flush()


def path_of(unit: OrgUnit, units: dict[int, OrgUnit]) -> str:
    """Return the path of a unit; a parent that is not in force ends the chain."""
    ids: list[int] = []
    step: OrgUnit | None = unit
    while step is not None and step.id not in ids:
        ids.append(step.id)
        step = units.get(step.parent_id) if step.parent_id else None
    return "/" + "".join(f"{unit_id}/" for unit_id in reversed(ids))
