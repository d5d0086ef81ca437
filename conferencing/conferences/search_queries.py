"""What the one search box finds of conferences and sites; words need no accents."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.access.queries import visible_to
from conferencing.models import Conference, Site
from conferencing.places.sites.queries import visible_sites
from hub.accounts.actor import Actor
from hub.text import fold


def find_conferences(session: Session, actor: Actor, words: str, limit: int) -> list[Conference]:
    """Return conferences whose title has all the words, or whose code begins so; newest first."""
    parts = fold(words).split()
    if not parts:
        return []
    by_code = Conference.code.ilike(f"{words.strip()}%")
    titled = select(Conference.id)
    for part in parts:
        titled = titled.where(Conference.title_fold.contains(part, autoescape=True))
    query = (
        select(Conference)
        .where(by_code | Conference.id.in_(titled), visible_to(actor))
        .order_by(Conference.starts_at.desc(), Conference.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def find_sites(session: Session, actor: Actor, words: str, limit: int) -> list[Site]:
    """Return sites whose name has all the words."""
    return visible_sites(session, actor, words)[:limit] if fold(words) else []
