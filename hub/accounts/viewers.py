"""Who a Socket.IO connection belongs to, and whose rooms it joins."""

from collections.abc import Sequence

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.actor import Actor, actor_of
from hub.accounts.models import User, UserSession
from hub.accounts.services import session_user
from hub.clock import now
from hub.db import read_session
from hub.live import Viewer
from hub.orgunits.models import OrgUnit
from hub.orgunits.queries import ancestors_of

SESSION_COOKIE = "nhipcau_session"
CAPABILITY = "operations.view"


def identify_viewer() -> Viewer | None:
    """Return the viewer of the present connection, None when not signed in or not allowed.

    Flask's request hooks do not run for Socket.IO, so the cookie is read here.
    """
    secret = request.cookies.get(SESSION_COOKIE)
    session = read_session()
    found = session_user(session, secret) if secret else None
    return _viewer(session, *found) if found else None


def recheck_viewer(session: Session, viewer: Viewer) -> Viewer | None:
    """Return the viewer as of now; None when their session is over or the right is gone."""
    row = session.get(UserSession, viewer.session_id, populate_existing=True)
    if row is None or row.ended_at is not None or row.expires_at <= now():
        return None
    user = session.get(User, viewer.user_id, populate_existing=True)
    return _viewer(session, user, row) if user is not None and user.is_active else None


def viewer_actor(session: Session, viewer: Viewer) -> Actor:
    """Return the actor behind a connection, for questions that are asked of a person."""
    return actor_of(session.get_one(User, viewer.user_id))


def _viewer(session: Session, user: User, row: UserSession) -> Viewer | None:
    actor = actor_of(user)
    if not actor.can(CAPABILITY):
        return None
    paths = actor.scope_for(CAPABILITY).paths
    units = session.scalars(
        select(OrgUnit.id).where(OrgUnit.path.in_(paths)).order_by(OrgUnit.id)
    ).all()
    return Viewer(user.id, tuple(units), paths, row.id)


def ancestors(session: Session, unit_ids: Sequence[int]) -> set[int]:
    """Return the units and everything above them: the rooms that may hear of them."""
    return ancestors_of(session, unit_ids)
