"""Who must follow when units are succeeded by others: each feature registers its own step.

A step is ``fn(session, mapping)``; ``mapping`` gives for the id of each old unit the new unit
its premises now lie in. It runs in the transaction of the reform and may flush.
"""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from hub.access.models import OrgUnit

UnitMapping = Mapping[int, OrgUnit]
Repointer = Callable[[Session, UnitMapping], None]

_repointers: dict[str, Repointer] = {}


def register(name: str, repointer: Repointer) -> None:
    """Add the step of a feature; registering a name again replaces it."""
    _repointers[name] = repointer


def repoint_all(session: Session, mapping: UnitMapping) -> list[str]:
    """Run every step, in the order of their names; return the names."""
    names = sorted(_repointers)
    for name in names:
        _repointers[name](session, mapping)
    return names
