"""Who is acting, and the part of the province they act in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import g, has_request_context
from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import SQLCoreOperations

from hub.access.capabilities import capabilities_of, token_limit
from hub.access.models import OrgUnit, User
from hub.errors import NotAllowed, NotFound

UnitColumn = InstrumentedAttribute[int] | InstrumentedAttribute[int | None] | SQLCoreOperations[Any]


@dataclass(frozen=True, slots=True)
class Scope:
    """The subtrees an actor's roles cover, as unit paths ("/1/7/")."""

    paths: tuple[str, ...]
    everything: bool = False

    def covers(self, unit: OrgUnit) -> bool:
        """Whether the unit lies in one of the subtrees."""
        return self.covers_path(unit.path)

    def covers_path(self, path: str) -> bool:
        """Whether a unit with this path lies in one of the subtrees."""
        return self.everything or any(path.startswith(prefix) for prefix in self.paths)

    @property
    def is_whole(self) -> bool:
        """Whether a root, and so everything there is, lies in it."""
        return self.everything or any(path.count("/") == 2 for path in self.paths)

    def clause(self, column: UnitColumn) -> ColumnElement[bool]:
        """Return the condition "this unit column lies in my subtrees"."""
        if self.everything:
            return true()
        if not self.paths:
            return false()
        inside = or_(*(OrgUnit.path.startswith(path) for path in self.paths))
        return column.in_(select(OrgUnit.id).where(inside))


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person, an API token's person, or the system itself."""

    user_id: int | None
    name: str
    username: str
    roles: frozenset[str]
    capabilities: frozenset[str]
    scope: Scope
    # Where each capability may be used: a role counts only inside its own unit's subtree.
    scopes: Mapping[str, Scope] = field(default_factory=dict)
    email: str = ""
    locale: str = "vi"
    theme: str = "light"
    home_unit_id: int | None = None
    home_unit_name: str = ""

    def can(self, capability: str) -> bool:
        """Whether the actor has the capability anywhere."""
        return capability in self.capabilities

    def scope_for(self, capability: str) -> Scope:
        """Return where the actor has the capability."""
        return self.scopes.get(capability, Scope(()))

    def can_at(self, capability: str, unit: OrgUnit) -> bool:
        """Whether the actor has the capability at this unit."""
        return self.scope_for(capability).covers(unit)

    def require(self, capability: str, unit: OrgUnit) -> None:
        """Refuse unless the actor has the capability at this unit.

        Raises:
            NotFound: the unit is outside everything the actor may see.
            NotAllowed: it is visible, but not for this act.
        """
        if not self.scope.covers(unit):
            raise NotFound("")
        if not self.can_at(capability, unit):
            raise NotAllowed("")


SYSTEM = Actor(
    user_id=None,
    name="Hệ thống",
    username="system",
    roles=frozenset(),
    capabilities=frozenset(),
    scope=Scope((), everything=True),
)


def actor_of(user: User, token_scope: str | None = None) -> Actor:
    """Build the actor of a user, narrowed to a token's scope when given."""
    limit = token_limit(token_scope or "admin")
    paths: dict[str, set[str]] = {}
    for held in user.roles:
        for capability in capabilities_of(frozenset({held.role})) & limit:
            paths.setdefault(capability, set()).add(held.unit.path)
    home = min((held.unit for held in user.roles), key=lambda unit: unit.path, default=None)
    return Actor(
        user_id=user.id,
        name=user.full_name,
        username=user.username,
        roles=frozenset(held.role for held in user.roles),
        capabilities=frozenset(paths),
        scope=Scope(tuple(sorted({held.unit.path for held in user.roles}))),
        scopes={name: Scope(tuple(sorted(found))) for name, found in paths.items()},
        email=user.email,
        locale=user.locale,
        theme=user.theme,
        home_unit_id=home.id if home else None,
        home_unit_name=home.name if home else "",
    )


def current_actor() -> Actor:
    """Return who is acting in this request.

    Raises:
        NotAllowed: nobody is signed in.
    """
    actor = maybe_actor()
    if actor is None:
        raise NotAllowed("")
    return actor


def maybe_actor() -> Actor | None:
    """Return who is acting, or None for an anonymous request or outside a request."""
    return g.get("hub_actor") if has_request_context() else None
