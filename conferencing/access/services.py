"""Who may change a conference: those who may book for its host unit."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing.access.queries import visible_ids
from conferencing.models import Conference
from hub.access.actor import Actor
from hub.errors import Conflict, NotAllowed, NotFound
from hub.versions import Seen, claim


def may_change(actor: Actor, conference: Conference) -> bool:
    """Whether the actor may change or cancel the conference."""
    return actor.can_at("conference.book", conference.host_unit)


def require_change(
    session: Session, actor: Actor, conference: Conference, seen: Seen = None
) -> None:
    """Refuse unless the actor may change the conference, and lock it against a second change.

    Raises:
        NotFound: the actor may not even see it.
        NotAllowed: the actor sees it, but may not book for its host unit.
        Stale: it was changed since the version that the change was made from.
    """
    if not may_change(actor, conference):
        if conference.id not in visible_ids(session, actor, [conference.id]):
            raise NotFound(_("Không tìm thấy cuộc họp."))
        raise NotAllowed(_("Chỉ đơn vị mời họp được thay đổi cuộc họp này."))
    claim(session, conference, seen)


def require_alive(conference: Conference) -> None:
    """Raise a Conflict when the conference has been cancelled."""
    if conference.status == "CANCELLED":
        raise Conflict(_("Cuộc họp đã bị hủy."))
