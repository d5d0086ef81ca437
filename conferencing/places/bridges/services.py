"""Bridges: create and update."""

from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.models import Bridge
from conferencing.places.bridges.drafts import BridgeDraft
from hub.access.actor import Actor
from hub.audit import record_audit
from hub.errors import FieldError, Invalid
from hub.orgunits.queries import unit_for, unit_ref

CAPABILITY: Final = "room.manage"


def create_bridge(session: Session, actor: Actor, draft: BridgeDraft) -> Bridge:
    """Add a bridge. Raises Invalid or NotAllowed."""
    bridge = Bridge()
    _fill(session, actor, bridge, draft)
    session.add(bridge)
    session.flush()
    _note(session, actor, bridge, "created")
    return bridge


def update_bridge(session: Session, actor: Actor, bridge: Bridge, draft: BridgeDraft) -> Bridge:
    """Change a bridge as a whole. Raises Invalid, NotFound or NotAllowed."""
    actor.require(CAPABILITY, bridge.unit)
    _fill(session, actor, bridge, draft)
    session.flush()
    _note(session, actor, bridge, "updated")
    return bridge


def bridge_values(bridge: Bridge) -> dict[str, Any]:
    """Return what a bridge is now, in the names of its draft."""
    return BridgeDraft.values_of(bridge, unit=unit_ref(bridge.unit))


def _fill(session: Session, actor: Actor, bridge: Bridge, draft: BridgeDraft) -> None:
    with session.no_autoflush:
        unit = unit_for(session, actor, draft.unit, CAPABILITY, bridge.unit)
        holder = session.scalar(select(Bridge.id).where(Bridge.code == draft.code))
    if holder is not None and holder != bridge.id:
        raise Invalid([FieldError("code", _("Mã này đã có."))])
    bridge.unit = unit
    for name, value in draft.model_dump(exclude={"unit"}).items():
        setattr(bridge, name, value)


def _note(session: Session, actor: Actor, bridge: Bridge, verb: str) -> None:
    record_audit(
        session,
        f"conferencing:bridge:{verb}",
        bridge.code,
        unit_id=bridge.unit.id,
        detail={"name": bridge.name, "active": bridge.is_active},
        actor=actor,
    )
