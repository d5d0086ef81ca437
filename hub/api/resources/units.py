"""Units: the tree that everything else hangs on."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from hub.access.actor import current_actor
from hub.access.models import OrgUnit
from hub.api import (
    ApiAnswer,
    ApiModel,
    Page,
    PageQuery,
    after_id,
    operation,
    page_of,
    scope_conditions,
    unit_named,
)
from hub.db import read_session
from hub.errors import Invalid, NotFound
from hub.orgunits.queries import in_force
from hub.text import fold

CAPABILITY = "unit.view"
Level = Literal["province", "district", "commune", "office"]


class Unit(ApiAnswer):
    """A unit in force; ``parent`` is the code of the one above it."""

    id: int
    version: int
    code: str
    level: str
    name: str
    parent: str | None
    lat: float | None
    lon: float | None
    valid_from: date
    valid_to: date | None


class UnitQuery(PageQuery):
    """``unit`` gives the unit and everything below it, ``q`` words of the name or a code."""

    unit: Annotated[str, Field(max_length=80)] = ""
    level: Level | None = None
    q: Annotated[str, Field(max_length=100)] = ""


class LevelQuery(ApiModel):
    """Codes are unique within a level only."""

    level: Level | None = None


def _to_schema(unit: OrgUnit, parent: str | None) -> Unit:
    return Unit(
        id=unit.id,
        version=unit.version,
        code=unit.code,
        level=unit.level,
        name=unit.name,
        parent=parent,
        lat=unit.lat,
        lon=unit.lon,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
    )


@operation(
    "GET",
    "/units",
    tag="units",
    summary="List the units in force",
    capability=CAPABILITY,
    response=Page[Unit],
    query=UnitQuery,
)
def list_units(query: UnitQuery) -> Page[Unit]:
    """Units of the caller's area in the order of their ids."""
    session = read_session()
    above = aliased(OrgUnit)
    wanted = (
        select(OrgUnit, above.code)
        .outerjoin(above, above.id == OrgUnit.parent_id)
        .where(
            in_force(),
            *scope_conditions(session, CAPABILITY, OrgUnit.id, query.unit),
            *after_id(OrgUnit.id, query.cursor),
        )
    )
    if query.level:
        wanted = wanted.where(OrgUnit.level == query.level)
    if words := fold(query.q):
        named = OrgUnit.name_fold.contains(words, autoescape=True)
        wanted = wanted.where(or_(named, OrgUnit.code == query.q))
    rows = session.execute(wanted.order_by(OrgUnit.id).limit(query.limit + 1)).all()
    return page_of(rows, query.limit, lambda row: _to_schema(*row), lambda row: [row[0].id])


@operation(
    "GET",
    "/units/<code:code>",
    tag="units",
    summary="Read a unit",
    capability=CAPABILITY,
    response=Unit,
    query=LevelQuery,
)
def read_unit(code: str, query: LevelQuery) -> Unit:
    """The unit in force of this code; of several levels with one code the highest."""
    named = f"{query.level}:{code}" if query.level else code
    try:
        unit = unit_named(read_session(), current_actor(), named)
    except Invalid as error:
        raise NotFound("") from error
    return _to_schema(unit, unit.parent.code if unit.parent else None)
