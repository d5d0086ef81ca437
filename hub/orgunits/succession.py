"""Who stands for a unit that has ended, and which codes a unit's ground had before."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.models import OrgUnit
from hub.orgunits.models import UnitSuccession


def heirs_of(session: Session, unit_id: int) -> list[OrgUnit]:
    """Return the units that took over a unit, through every reform; the unit itself if none did."""
    query = select(UnitSuccession.old_unit_id, UnitSuccession.new_unit_id)
    heirs: dict[int, list[int]] = defaultdict(list)
    for old, new in session.execute(query).all():
        heirs[old].append(new)
    last = {found for found in _reachable(heirs, unit_id) if found not in heirs}
    units = select(OrgUnit).where(OrgUnit.id.in_(last)).order_by(OrgUnit.id)
    return list(session.scalars(units))


def former_codes(session: Session) -> dict[int, frozenset[str]]:
    """Return for the id of each succeeding unit the codes its predecessors had."""
    query = select(UnitSuccession.new_unit_id, UnitSuccession.old_unit_id)
    before: dict[int, list[int]] = defaultdict(list)
    for new, old in session.execute(query).all():
        before[new].append(old)
    if not before:
        return {}
    codes = {row.id: row.code for row in session.execute(select(OrgUnit.id, OrgUnit.code))}
    return {
        new: frozenset(codes[old] for old in _reachable(before, new) - {new})
        for new in list(before)
    }


def _reachable(steps: Mapping[int, Sequence[int]], start: int) -> set[int]:
    """Everything one gets to from the start, the start included."""
    found, waiting = {start}, [start]
    while waiting:
        fresh = set(steps.get(waiting.pop(), ())) - found
        found |= fresh
        waiting.extend(fresh)
    return found
