"""Finding what a request names, inside what its caller may see."""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.access.actor import Scope, UnitColumn, current_actor
from hub.access.models import OrgUnit
from hub.api.shapes import LARGEST_ID
from hub.errors import NotFound
from hub.orgunits.queries import unit_named

Row = TypeVar("Row")


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
