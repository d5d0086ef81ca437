"""Conference sites: create and update."""

from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.models import Resource, Site
from conferencing.places.sites.drafts import SiteDraft
from hub import journal
from hub.access.actor import Actor
from hub.audit import record_audit
from hub.errors import FieldError, Invalid
from hub.orgunits.queries import unit_for, unit_ref
from hub.text import fold

CAPABILITY: Final = "site.manage"


def create_site(session: Session, actor: Actor, draft: SiteDraft) -> Site:
    """Add a site. Raises Invalid or NotAllowed."""
    site = Site()
    _fill(session, actor, site, draft)
    session.add(site)
    session.flush()
    _note(session, actor, site, "created")
    return site


def update_site(session: Session, actor: Actor, site: Site, draft: SiteDraft) -> Site:
    """Change a site as a whole. Raises Invalid, NotFound or NotAllowed."""
    actor.require(CAPABILITY, site.unit)
    _fill(session, actor, site, draft)
    session.flush()
    _note(session, actor, site, "updated")
    return site


def site_values(site: Site) -> dict[str, Any]:
    """Return what a site is now, in the names of its draft."""
    return SiteDraft.values_of(site, unit=unit_ref(site.unit))


def _fill(session: Session, actor: Actor, site: Site, draft: SiteDraft) -> None:
    with session.no_autoflush:
        unit = unit_for(session, actor, draft.unit, CAPABILITY, site.unit)
    refuse_taken_code(session, draft.code, site.id)
    site.unit, site.name_fold = unit, fold(draft.name)
    for name, value in draft.model_dump(exclude={"unit"}).items():
        setattr(site, name, value)


def refuse_taken_code(session: Session, code: str, own_id: int | None) -> None:
    """Raise Invalid when another room or site has the code."""
    with session.no_autoflush:
        holder = session.scalar(select(Resource.id).where(Resource.code == code))
    if holder is not None and holder != own_id:
        raise Invalid([FieldError("code", _("Mã này đã có."))])


def _note(session: Session, actor: Actor, site: Site, verb: str) -> None:
    record_audit(
        session,
        f"conferencing:site:{verb}",
        site.code,
        unit_id=site.unit.id,
        detail={"name": site.name, "active": site.is_active},
        actor=actor,
    )
    journal.record(
        session,
        "site.changed",
        unit_ids=[site.unit.id],
        data={"code": site.code, "name": site.name, "readiness": site.readiness, "verb": verb},
    )
