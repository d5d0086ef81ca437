"""Listing and finding API tokens: one's own, or those of the people one administers."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.actor import Actor
from hub.accounts.models import ApiToken, User
from hub.accounts.people import MANAGE, managed_person
from hub.errors import NotAllowed, NotFound


def tokens_of(session: Session, actor: Actor, *, everyone: bool = False) -> Sequence[ApiToken]:
    """Return tokens, newest first; ``everyone`` gives those of all administered people."""
    query = select(ApiToken).order_by(ApiToken.created_at.desc())
    if not everyone:
        return session.scalars(query.where(ApiToken.user_id == actor.user_id)).all()
    return [token for token in session.scalars(query) if may_revoke(session, actor, token)]


def may_revoke(session: Session, actor: Actor, token: ApiToken) -> bool:
    """Whether the token is the actor's own or of somebody they administer."""
    if token.user_id == actor.user_id:
        return True
    if not actor.can(MANAGE):
        return False
    try:
        managed_person(session, actor, token.user.username)
    except (NotAllowed, NotFound):
        return False
    return True


def token_to_revoke(session: Session, actor: Actor, token_id: int) -> ApiToken:
    """Return the token, if the actor may revoke it.

    Raises:
        NotFound: there is none, or it belongs to somebody else.
    """
    token = session.get(ApiToken, token_id)
    if token is None or not may_revoke(session, actor, token):
        raise NotFound("")
    return token


def owner(session: Session, actor: Actor) -> User:
    """Return the account behind the actor.

    Raises:
        NotAllowed: the actor is the system itself.
    """
    if actor.user_id is None:
        raise NotAllowed("")
    return session.get_one(User, actor.user_id)
