"""Bridges: create and update."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from conferencing.models import Bridge
from conferencing.places.bridges.drafts import BridgeDraft
from conferencing.places.keeping import note_kept, refuse_taken_code
from hub.access.actor import Actor
from hub.errors import Refusals
from hub.orgunits.queries import unit_for, unit_ref
from hub.versions import Seen, claim

CAPABILITY: Final = "room.manage"


def create_bridge(session: Session, actor: Actor, values: Mapping[str, Any]) -> Bridge:
    """Add the bridge that these values of its draft describe. Raises Invalid or NotAllowed."""
    return _keep(session, actor, Bridge(), values, "created")


def update_bridge(
    session: Session,
    actor: Actor,
    bridge: Bridge,
    values: Mapping[str, Any],
    seen: Seen = None,
) -> Bridge:
    """Change what is given of a bridge. Raises Invalid, NotFound, NotAllowed or Stale."""
    claim(session, bridge, seen)
    actor.require(CAPABILITY, bridge.unit)
    return _keep(session, actor, bridge, {**bridge_values(bridge), **values}, "updated")


def bridge_values(bridge: Bridge) -> dict[str, Any]:
    """Return what a bridge is now, in the names of its draft."""
    return BridgeDraft.values_of(bridge, unit=unit_ref(bridge.unit))


def _keep(
    session: Session, actor: Actor, bridge: Bridge, values: Mapping[str, Any], verb: str
) -> Bridge:
    refusals = Refusals()
    with refusals.heeded():
        draft = BridgeDraft.read(values)
    with refusals.heeded():
        refuse_taken_code(session, bridge, values.get("code"))
    with refusals.heeded(), session.no_autoflush:
        unit = unit_for(session, actor, values.get("unit"), CAPABILITY, bridge.unit)
    refusals.settle()
    bridge.unit = unit
    for name, value in draft.model_dump(exclude={"unit"}).items():
        setattr(bridge, name, value)
    session.add(bridge)
    session.flush()
    note_kept(session, actor, bridge, verb)
    return bridge
