"""Units offered where a role is given: those of the actor's part, grouped by their parent."""

from sqlalchemy.orm import Session
from wtforms import SelectChoice

from hub.accounts.actor import Actor
from hub.orgunits.models import OrgUnit
from hub.orgunits.queries import current_units
from hub.text import sort_key


def unit_choices(
    session: Session, actor: Actor, capability: str = "user.manage"
) -> list[SelectChoice]:
    """Return options grouped under each unit that has units below, itself first."""
    scope = actor.scope_for(capability)
    units = [unit for unit in current_units(session) if scope.covers(unit)]
    below: dict[int, list[OrgUnit]] = {}
    for unit in units:
        below.setdefault(unit.parent_id or 0, []).append(unit)
    choices: list[SelectChoice] = []
    known = {unit.id for unit in units}
    for unit in units:
        leaves = [child for child in below.get(unit.id, []) if child.id not in below]
        if leaves or unit.id in below or unit.parent_id not in known:
            members = [unit, *sorted(leaves, key=lambda u: sort_key(u.name))]
            choices += [SelectChoice(str(m.id), m.name, optgroup=unit.name) for m in members]
    return choices
