"""Reading units: the set in force on a date, subtrees, the way up."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hub.access.models import OrgUnit
from hub.clock import local, now
from hub.text import sort_key


def in_force(on: date | None = None) -> ColumnElement[bool]:
    """Return the condition "valid on this day" (today by default)."""
    day = on or local(now()).date()
    return (OrgUnit.valid_from <= day) & or_(OrgUnit.valid_to.is_(None), OrgUnit.valid_to > day)


def current_units(session: Session, on: date | None = None) -> list[OrgUnit]:
    """Return the units in force, parents before children, then in Vietnamese order."""
    units = session.scalars(select(OrgUnit).where(in_force(on))).all()
    return sorted(units, key=lambda unit: (unit.depth, sort_key(unit.name)))


def unit_by_code(
    session: Session, code: str, level: str | None = None, on: date | None = None
) -> OrgUnit | None:
    """Return the unit that has this code on the day."""
    query = select(OrgUnit).where(OrgUnit.code == code, in_force(on))
    if level:
        query = query.where(OrgUnit.level == level)
    return session.scalars(query.order_by(OrgUnit.path)).first()


def path_ids(path: str) -> list[int]:
    """Return the unit ids of a path, from the root down."""
    return [int(part) for part in path.split("/") if part]


def ancestors_of(session: Session, unit_ids: Iterable[int]) -> set[int]:
    """Return the units and everything above them."""
    query = select(OrgUnit.path).where(OrgUnit.id.in_(set(unit_ids)))
    return {unit_id for path in session.scalars(query) for unit_id in path_ids(path)}
