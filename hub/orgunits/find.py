"""What the search box finds among units."""

from collections.abc import Sequence

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.accounts.actor import Actor
from hub.orgunits.levels import level_label
from hub.orgunits.models import OrgUnit
from hub.orgunits.queries import in_force
from hub.search import Hit


def find_units(session: Session, actor: Actor, words: str, limit: int) -> Sequence[Hit]:
    """Find units in force by folded name or by code, inside the actor's scope."""
    matches = or_(OrgUnit.name_fold.contains(words, autoescape=True), OrgUnit.code == words)
    inside = actor.scope_for("unit.view").clause(OrgUnit.id)
    query = select(OrgUnit).where(matches, inside, in_force()).order_by(OrgUnit.path).limit(limit)
    return [_hit(unit) for unit in session.scalars(query)]


def _hit(unit: OrgUnit) -> Hit:
    # Two pairs of communes share a folded name: the parent tells them apart.
    where = unit.parent.name if unit.parent else str(level_label(unit.level))
    return Hit(unit.name, url_for("orgunits.unit", code=unit.code), f"{where} · {unit.code}")
