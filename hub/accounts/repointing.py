"""Roles follow their unit through a reform without ever reaching further than before."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.models import UserRole
from hub.orgunits.models import UnitSuccession
from hub.orgunits.repoint import UnitMapping


def repoint_roles(session: Session, mapping: UnitMapping) -> None:
    """Move each role to every heir of its unit.

    A role at an abolished district becomes one role at each commune its communes became: put
    at the province it would reach too far, put at the seat's commune not far enough.
    """
    heirs = _heirs(session, mapping)
    held = session.scalars(select(UserRole).where(UserRole.unit_id.in_(mapping))).all()
    has = {(role.user_id, role.role, role.unit_id) for role in session.scalars(select(UserRole))}
    for role in held:
        for unit_id in heirs.get(role.unit_id, [mapping[role.unit_id].id]):
            key = (role.user_id, role.role, unit_id)
            if key not in has:
                has.add(key)
                session.add(UserRole(user_id=role.user_id, role=role.role, unit_id=unit_id))
        session.delete(role)
    session.flush()


def _heirs(session: Session, mapping: UnitMapping) -> dict[int, list[int]]:
    heirs: dict[int, list[int]] = {}
    rows = session.scalars(select(UnitSuccession).where(UnitSuccession.old_unit_id.in_(mapping)))
    for row in rows:
        heirs.setdefault(row.old_unit_id, []).append(row.new_unit_id)
    return heirs
