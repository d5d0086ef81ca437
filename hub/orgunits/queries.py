"""Reading units: the set in force on a date, one by its name for programs, the way up."""

from collections.abc import Iterable
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hub.access.actor import Actor, UnitColumn
from hub.access.models import OrgUnit
from hub.clock import local, now
from hub.errors import FieldError, Invalid
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


def unit_named(session: Session, actor: Actor, code: str, field: str = "unit") -> OrgUnit:
    """Return the unit in force of this code ("457", or "district:457") that the actor may see.

    Raises:
        Invalid: there is none.
    """
    level, separator, bare = code.partition(":")
    query = select(OrgUnit).where(
        OrgUnit.code == (bare if separator else code), in_force(), actor.scope.clause(OrgUnit.id)
    )
    if separator:
        query = query.where(OrgUnit.level == level)
    unit = session.scalars(query.order_by(OrgUnit.path)).first()
    if unit is None:
        raise Invalid([FieldError(field, _("Không có đơn vị này trong khu vực của bạn."))])
    return unit


def unit_ref(unit: OrgUnit) -> str:
    """Return the name by which `unit_named` finds exactly this unit: "district:457"."""
    return f"{unit.level}:{unit.code}"


def unit_for(
    session: Session,
    actor: Actor,
    ref: str | None,
    capability: str,
    present: OrgUnit | None = None,
) -> OrgUnit:
    """Return the unit a draft names; where the thing is already it may stay, reformed or not.

    Raises:
        Invalid: there is none in the actor's area.
        NotAllowed: the actor has not the capability there.
    """
    stays = present is not None and ref in (present.code, unit_ref(present))
    unit = present if present is not None and stays else unit_named(session, actor, ref or "")
    actor.require(capability, unit)
    return unit


def path_ids(path: str) -> list[int]:
    """Return the unit ids of a path, from the root down."""
    return [int(part) for part in path.split("/") if part]


def own_or_above(session: Session, actor: Actor, column: UnitColumn) -> ColumnElement[bool]:
    """Return the condition "in the actor's area, or at a unit above the actor's own"."""
    home = session.get(OrgUnit, actor.home_unit_id) if actor.home_unit_id else None
    above = path_ids(home.path) if home else []
    return or_(actor.scope.clause(column), column.in_(above))


def ancestors_of(session: Session, unit_ids: Iterable[int]) -> set[int]:
    """Return the units and everything above them."""
    query = select(OrgUnit.path).where(OrgUnit.id.in_(set(unit_ids)))
    return {unit_id for path in session.scalars(query) for unit_id in path_ids(path)}
