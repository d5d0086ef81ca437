"""Conference sites: create and update."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from conferencing.models import Site
from conferencing.places.keeping import note_kept, refuse_taken_code
from conferencing.places.sites.drafts import SiteDraft
from hub import journal
from hub.access.actor import Actor
from hub.errors import Refusals
from hub.orgunits.queries import unit_for, unit_ref
from hub.text import fold
from hub.versions import Seen, claim

CAPABILITY: Final = "site.manage"


def create_site(session: Session, actor: Actor, values: Mapping[str, Any]) -> Site:
    """Add the site that these values of its draft describe. Raises Invalid or NotAllowed."""
    return _keep(session, actor, Site(), values, "created")


def update_site(
    session: Session,
    actor: Actor,
    site: Site,
    values: Mapping[str, Any],
    seen: Seen = None,
) -> Site:
    """Change what is given of a site. Raises Invalid, NotFound, NotAllowed or Stale."""
    claim(session, site, seen)
    actor.require(CAPABILITY, site.unit)
    return _keep(session, actor, site, {**site_values(site), **values}, "updated")


def site_values(site: Site) -> dict[str, Any]:
    """Return what a site is now, in the names of its draft."""
    return SiteDraft.values_of(site, unit=unit_ref(site.unit))


def _keep(session: Session, actor: Actor, site: Site, values: Mapping[str, Any], verb: str) -> Site:
    refusals = Refusals()
    with refusals.heeded():
        draft = SiteDraft.read(values)
    with refusals.heeded():
        refuse_taken_code(session, site, values.get("code"))
    with refusals.heeded(), session.no_autoflush:
        unit = unit_for(session, actor, values.get("unit"), CAPABILITY, site.unit)
    refusals.settle()
    site.unit, site.name_fold = unit, fold(draft.name)
    for name, value in draft.model_dump(exclude={"unit"}).items():
        setattr(site, name, value)
    session.add(site)
    session.flush()
    note_kept(session, actor, site, verb)
    journal.record(
        session,
        "site.changed",
        unit_ids=[site.unit.id],
        data={"code": site.code, "name": site.name, "readiness": site.readiness, "verb": verb},
    )
    return site
