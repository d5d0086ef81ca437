"""Who may change a conference: those who may book for its host unit."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.access.queries import visible_ids
from conferencing.models import Conference
from hub.access.actor import Actor
from hub.db import dialect_name
from hub.errors import Conflict, NotAllowed, NotFound


def may_change(actor: Actor, conference: Conference) -> bool:
    """Whether the actor may change or cancel the conference."""
    return actor.can_at("conference.book", conference.host_unit)


def require_change(session: Session, actor: Actor, conference: Conference) -> None:
    """Refuse unless the actor may change the conference, and lock it against a second change.

    Raises:
        NotFound: the actor may not even see it.
        NotAllowed: the actor sees it, but may not book for its host unit.
    """
    if not may_change(actor, conference):
        if conference.id not in visible_ids(session, actor, [conference.id]):
            raise NotFound(_("Không tìm thấy cuộc họp."))
        raise NotAllowed(_("Chỉ đơn vị mời họp được thay đổi cuộc họp này."))
    lock(session, conference)


def lock(session: Session, conference: Conference) -> None:
    """Let changes of one conference queue; read it again as the last one left it."""
    if dialect_name(session) == "postgresql":
        query = select(Conference).where(Conference.id == conference.id)
        session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()


def require_alive(conference: Conference) -> None:
    """Raise a Conflict when the conference has been cancelled."""
    if conference.status == "CANCELLED":
        raise Conflict(_("Cuộc họp đã bị hủy."))
