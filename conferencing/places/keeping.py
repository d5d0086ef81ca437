"""What keeping a site, a room and a bridge has in common: a code of its own, and the audit."""

from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.models import Bridge, Resource, Room, Site
from hub.access.actor import Actor
from hub.audit import record_audit
from hub.errors import FieldError, Invalid

KINDS: Final = {Site: "site", Room: "room", Bridge: "bridge"}


def refuse_taken_code(session: Session, row: Site | Room | Bridge, code: object) -> None:
    """Raise Invalid when another of its kind has the code; rooms and sites share theirs."""
    table = Bridge if isinstance(row, Bridge) else Resource
    with session.no_autoflush:
        holder = session.scalar(select(table.id).where(table.code == str(code).strip()))
    if holder is not None and holder != row.id:
        raise Invalid([FieldError("code", _("Mã này đã có."))])


def note_kept(session: Session, actor: Actor, row: Site | Room | Bridge, verb: str) -> None:
    """Write into the audit that somebody added or changed it."""
    record_audit(
        session,
        f"conferencing:{KINDS[type(row)]}:{verb}",
        row.code,
        unit_id=row.unit.id,
        detail={"name": row.name, "active": row.is_active},
        actor=actor,
    )
