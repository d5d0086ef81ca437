"""Who is acting, what each role may do, and where: below every subject, above the foundations."""

from hub.access.actor import SYSTEM, Actor, Scope, current_actor, maybe_actor
from hub.access.policy import public, requires, signed_in

__all__ = [
    "SYSTEM",
    "Actor",
    "Scope",
    "current_actor",
    "maybe_actor",
    "public",
    "requires",
    "signed_in",
]
