"""Sites, rooms, bridges, groups and conferences follow their unit through a reform.

Holds hang on resources and feeds ask who stands for their unit, so neither has to be touched.
"""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from conferencing.models import Bridge, Conference, Resource, SiteGroup
from hub.access.models import OrgUnit
from hub.orgunits.repoint import UnitMapping


def repoint_conferencing(session: Session, mapping: UnitMapping) -> None:
    """Put everything at an old unit at the one that unit's seat lies in now.

    Past conferences go along: who may read them is decided by the place, as ever.
    """
    _repoint_groups(session, mapping)
    columns: tuple[InstrumentedAttribute[int], ...] = (
        Resource.unit_id,
        Bridge.unit_id,
        Conference.host_unit_id,
    )
    for column in columns:
        used = set(session.scalars(select(column).distinct())) & mapping.keys()
        for old in sorted(used):
            _move(session, column, old, mapping[old])
    session.flush()


def _move(session: Session, column: InstrumentedAttribute[int], old: int, heir: OrgUnit) -> None:
    values: dict[Any, int] = {column: heir.id}
    session.execute(update(column.class_).where(column == old).values(values))


def _repoint_groups(session: Session, mapping: UnitMapping) -> None:
    """Groups of two units that became one keep both, the second under a longer name."""
    taken = {(group.unit_id, group.name) for group in session.scalars(select(SiteGroup))}
    moving = select(SiteGroup).where(SiteGroup.unit_id.in_(mapping)).order_by(SiteGroup.id)
    for group in session.scalars(moving):
        heir = mapping[group.unit_id]
        former = session.get_one(OrgUnit, group.unit_id).name
        name = group.name
        while (heir.id, name) in taken:
            name = _("%(name)s (%(unit)s cũ)", name=name[:80], unit=former)[:120]
            former += "'"
        group.unit_id, group.name = heir.id, name
        taken.add((heir.id, name))
    session.flush()
