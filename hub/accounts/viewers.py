"""Who a Socket.IO connection belongs to, and whose rooms it joins."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.actor import Actor, actor_of
from hub.access.models import OrgUnit, User
from hub.accounts.models import UserSession
from hub.accounts.services import session_user
from hub.clock import now
from hub.db import read_session
from hub.live import Viewer
from hub.orgunits.queries import ancestors_of

SESSION_COOKIE = "nhipcau_session"
CAPABILITY = "operations.view"
REMEMBER_SECONDS = 10.0


@dataclass(slots=True)
class _Above:
    by_unit: dict[int, frozenset[int]] = field(default_factory=dict)
    until: float = 0.0


_above = _Above()


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


def alive_sessions(session: Session, session_ids: Collection[int]) -> set[int]:
    """Return those of the browser sessions that have not ended, whose users may still come in."""
    query = (
        select(UserSession.id)
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.id.in_(session_ids),
            UserSession.ended_at.is_(None),
            UserSession.expires_at > now(),
            User.is_active,
        )
    )
    return set(session.scalars(query))


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
    """Return the units and everything above them: the rooms that may hear of them.

    Remembered for some seconds: the tail asks for every alert, and units move once in years.
    """
    if time.monotonic() > _above.until:
        _above.by_unit.clear()
        _above.until = time.monotonic() + REMEMBER_SECONDS
    found: set[int] = set()
    for unit_id in unit_ids:
        if unit_id not in _above.by_unit:
            _above.by_unit[unit_id] = frozenset(ancestors_of(session, [unit_id]))
        found |= _above.by_unit[unit_id]
    return found
