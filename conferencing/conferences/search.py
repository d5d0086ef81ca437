"""What the search box finds here: conferences and sites, by words without accents."""

from collections.abc import Sequence

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from conferencing.conferences.search_queries import find_conferences, find_sites
from hub.accounts.actor import Actor
from hub.search.providers import Hit, SearchProvider, add_search
from hub.ui.formats import datetime_vi


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
