"""People who sign in, programs that call, and what each may do where."""

from hub.accounts.actor import SYSTEM, Actor, Scope, current_actor, maybe_actor
from hub.accounts.policy import public, requires, signed_in

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
