"""Finding what a request names, inside what its caller may see."""

from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.access.actor import Actor, Scope, UnitColumn, current_actor
from hub.access.models import OrgUnit
from hub.api.shapes import LARGEST_ID
from hub.errors import FieldError, Invalid, NotFound
from hub.orgunits.queries import in_force

Row = TypeVar("Row")


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


def scope_conditions(
    session: Session, capability: str, column: UnitColumn, unit_code: str = ""
) -> list[ColumnElement[bool]]:
    """Return the conditions "where I have the capability, and inside this unit when named"."""
    actor = current_actor()
    clauses = [actor.scope_for(capability).clause(column)]
    if unit_code:
        clauses.append(Scope((unit_named(session, actor, unit_code).path,)).clause(column))
    return clauses


def by_code_or_id(
    session: Session,
    query: Select[Row],
    code: InstrumentedAttribute[Any],
    row_id: InstrumentedAttribute[int],
    ref: str,
) -> Row:
    """Return the row with this public code, else the one with this id.

    Raises:
        NotFound: neither is there.
    """
    row = session.scalars(query.where(code == ref)).unique().one_or_none()
    if row is None and ref.isdecimal() and int(ref) <= LARGEST_ID:
        row = session.scalars(query.where(row_id == int(ref))).unique().one_or_none()
    if row is None:
        raise NotFound("")
    return row


def require_visible(unit: OrgUnit, capability: str) -> None:
    """Refuse, as not found, what lies outside the place where the caller has the capability.

    Raises:
        NotFound: it does.
    """
    if not current_actor().can_at(capability, unit):
        raise NotFound("")
