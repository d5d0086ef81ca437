"""Saved groups of sites: those of the actor's area and of the units above."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from conferencing.models import SiteGroup, SiteGroupMember
from hub.access.actor import Actor
from hub.errors import NotFound
from hub.orgunits.queries import own_or_above
from hub.text import sort_key


def visible_groups(session: Session, actor: Actor) -> list[SiteGroup]:
    """Return the groups the actor may choose from, in Vietnamese order."""
    query = (
        select(SiteGroup)
        .options(selectinload(SiteGroup.members).joinedload(SiteGroupMember.site))
        .where(own_or_above(session, actor, SiteGroup.unit_id))
    )
    return sorted(session.scalars(query), key=lambda group: sort_key(group.name))


def group_by_id(session: Session, actor: Actor, group_id: int) -> SiteGroup:
    """Return a group the actor may choose. Raises NotFound."""
    for group in visible_groups(session, actor):
        if group.id == group_id:
            return group
    raise NotFound(_("Không tìm thấy nhóm điểm cầu."))
