"""Units of one actor as a tree with counts, narrowed by folded words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hub.accounts.actor import Actor
from hub.orgunits.models import OrgUnit
from hub.text import fold, sort_key


@dataclass(slots=True)
class Branch:
    """A unit with the branches below it; ``total`` counts all units below."""

    unit: OrgUnit
    children: list["Branch"] = field(default_factory=list)
    total: int = 0
    is_hit: bool = True


def visible_units(actor: Actor, units: Iterable[OrgUnit]) -> list[OrgUnit]:
    """Return the units inside the actor's subtrees."""
    scope = actor.scope_for("unit.view")
    return [unit for unit in units if scope.covers(unit)]


def build_tree(units: Sequence[OrgUnit], words: str = "") -> list[Branch]:
    """Return the roots; with words only branches that contain a hit are kept."""
    branches = {unit.id: Branch(unit) for unit in units}
    roots: list[Branch] = []
    for branch in branches.values():
        parent = branches.get(branch.unit.parent_id or 0)
        (parent.children if parent else roots).append(branch)
    wanted = fold(words)
    kept = [branch for branch in roots if _keep(branch, wanted)]
    return _sorted(kept)


def _keep(branch: Branch, wanted: str) -> bool:
    branch.total = _count(branch)
    branch.children = _sorted([child for child in branch.children if _keep(child, wanted)])
    branch.is_hit = wanted in branch.unit.name_fold or wanted == branch.unit.code
    return branch.is_hit or bool(branch.children)


def _count(branch: Branch) -> int:
    return sum(1 + _count(child) for child in branch.children)


def _sorted(branches: list[Branch]) -> list[Branch]:
    return sorted(branches, key=lambda branch: sort_key(branch.unit.name))
