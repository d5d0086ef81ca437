"""What the search box finds here: conferences and sites, by words without accents."""

from collections.abc import Sequence

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.access.queries import visible_to
from conferencing.models import Conference, Site
from conferencing.places.sites.queries import visible_sites
from hub.access.actor import Actor
from hub.search.providers import Hit, SearchProvider, add_search
from hub.text import fold
from hub.ui.formats import datetime_vi


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


def register(app: Flask) -> None:
    """Contribute the providers of conferencing."""
    add_search(
        app,
        [
            SearchProvider(
                order=10,
                label=_l("Hội nghị"),
                icon="calendar-time",
                capability="conference.view",
                find=conference_hits,
            ),
            SearchProvider(
                order=20,
                label=_l("Điểm cầu"),
                icon="building-community",
                capability="site.view",
                find=site_hits,
            ),
        ],
    )


def conference_hits(session: Session, actor: Actor, words: str, limit: int) -> Sequence[Hit]:
    """Return the conferences found."""
    return [
        Hit(
            found.title,
            url_for("conferencing.show_conference", code=found.code),
            f"{found.code} · {datetime_vi(found.starts_at)}",
        )
        for found in find_conferences(session, actor, words, limit)
    ]


def site_hits(session: Session, actor: Actor, words: str, limit: int) -> Sequence[Hit]:
    """Return the sites found."""
    return [
        Hit(
            site.name,
            url_for("conferencing.show_site", code=site.code),
            " · ".join(filter(None, (site.unit.name, site.technician_phone))),
        )
        for site in find_sites(session, actor, words, limit)
    ]
