"""Who a Socket.IO connection belongs to, and whose rooms it joins."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.actor import maybe_actor
from hub.db import read_session
from hub.live import Viewer
from hub.orgunits.models import OrgUnit
from hub.orgunits.queries import ancestors_of


def identify_viewer() -> Viewer | None:
    """Return the viewer of the present connection, None when not signed in or not allowed."""
    actor = maybe_actor()
    if actor is None or actor.user_id is None or not actor.can("operations.view"):
        return None
    paths = actor.scope_for("operations.view").paths
    units = read_session().scalars(select(OrgUnit.id).where(OrgUnit.path.in_(paths))).all()
    return Viewer(user_id=actor.user_id, unit_ids=tuple(units), unit_paths=paths)


def ancestors(session: Session, unit_ids: Sequence[int]) -> set[int]:
    """Return the units and everything above them: the rooms that may hear of them."""
    return ancestors_of(session, unit_ids)
