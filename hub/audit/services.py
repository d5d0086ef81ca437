"""Writing audit entries in the transaction of the act itself."""

from collections.abc import Mapping
from typing import Any

from flask import has_request_context, request
from sqlalchemy.orm import Session

from hub.access.actor import SYSTEM, Actor, maybe_actor
from hub.audit.models import AuditEntry
from hub.clock import now


def record_audit(
    session: Session,
    action: str,
    subject: str,
    *,
    unit_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
    actor: Actor | None = None,
) -> None:
    """Record who did what. ``action`` reads "half:subject:verb"; ``detail`` is plain JSON."""
    who = actor or maybe_actor() or SYSTEM
    session.add(
        AuditEntry(
            at=now(),
            user_id=who.user_id,
            actor_name=who.name,
            action=action,
            subject=subject[:80],
            unit_id=unit_id,
            remote_addr=(request.remote_addr or "") if has_request_context() else "",
            detail=dict(detail or {}),
        )
    )
