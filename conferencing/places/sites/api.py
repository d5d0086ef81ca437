"""Conference sites (điểm cầu)."""

from typing import Annotated, Final, Literal

from pydantic import Field
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from conferencing.models import Site
from conferencing.places.sites.drafts import Readiness, SiteDraft
from conferencing.places.sites.services import create_site, update_site
from hub.access.actor import current_actor
from hub.api import (
    ApiAnswer,
    Flag,
    Instant,
    Page,
    PageQuery,
    after_id,
    answer_of,
    body_of,
    by_code_or_id,
    change_of,
    operation,
    page_of,
    require_visible,
    scope_conditions,
    seen_by_caller,
    sent_values,
)
from hub.contracts.sites import SiteCondition, site_conditions
from hub.db import read_session
from hub.text import fold

VIEW: Final = "site.view"
MANAGE: Final = "site.manage"


class Condition(ApiAnswer):
    """What sensors say of the site's power and line."""

    state: Literal["ok", "power_lost", "line_lost", "unknown"]
    since: Instant | None
    detail: str


class SiteAnswer(answer_of(SiteDraft)):  # type: ignore[misc]
    """A site; ``condition`` is null when no sensor watches it."""

    unit_name: str
    condition: Condition | None


class SiteQuery(PageQuery):
    """Filters; ``unit`` takes in everything below it."""

    unit: Annotated[str, Field(max_length=80)] = ""
    status: Readiness | None = None
    is_active: Flag | None = None
    q: Annotated[str, Field(max_length=100)] = ""


class SiteBody(body_of(SiteDraft)):  # type: ignore[misc]
    """A site to create."""


class SiteChange(change_of(SiteDraft, "code")):  # type: ignore[misc]
    """What to change; members left out or null stay as they are."""


def _to_schema(site: Site, condition: SiteCondition | None) -> SiteAnswer:
    answer: SiteAnswer = SiteAnswer.model_construct(
        **SiteDraft.values_of(site, unit=site.unit.code),
        id=site.id,
        version=site.version,
        unit_name=site.unit.name,
        condition=_condition(condition),
    )
    return answer


def _condition(condition: SiteCondition | None) -> Condition | None:
    if condition is None:
        return None
    return Condition(state=condition.state, since=condition.since, detail=condition.detail)


def _with_condition(session: Session, site: Site) -> SiteAnswer:
    return _to_schema(site, site_conditions(session, [site.code]).get(site.code))


@operation(
    "GET",
    "/sites",
    tag="sites",
    summary="List conference sites",
    capability=VIEW,
    response=Page[SiteAnswer],
    query=SiteQuery,
)
def list_sites(query: SiteQuery) -> Page[SiteAnswer]:
    """Sites of the caller's area and what sensors say of them."""
    session = read_session()
    wanted = (
        select(Site)
        .options(joinedload(Site.unit))
        .where(
            *scope_conditions(session, VIEW, Site.unit_id, query.unit),
            *after_id(Site.id, query.cursor),
        )
    )
    if query.status:
        wanted = wanted.where(Site.readiness == query.status)
    if query.is_active is not None:
        wanted = wanted.where(Site.is_active == query.is_active)
    for word in fold(query.q).split():
        named = Site.name_fold.contains(word, autoescape=True)
        wanted = wanted.where(or_(named, Site.code == query.q))
    rows = session.scalars(wanted.order_by(Site.id).limit(query.limit + 1)).all()
    known = site_conditions(session, [site.code for site in rows])
    return page_of(
        rows,
        query.limit,
        lambda site: _to_schema(site, known.get(site.code)),
        lambda site: [site.id],
    )


def site_in_reach(session: Session, ref: str, capability: str) -> Site:
    """Return a site by code or id. Raises NotFound."""
    query = select(Site).options(joinedload(Site.unit))
    site = by_code_or_id(session, query, Site.code, Site.id, ref)
    require_visible(site.unit, capability)
    return site


@operation(
    "GET",
    "/sites/<code:code>",
    tag="sites",
    summary="Read a conference site",
    capability=VIEW,
    response=SiteAnswer,
)
def read_site(code: str) -> SiteAnswer:
    """One site by its code or id."""
    session = read_session()
    return _with_condition(session, site_in_reach(session, code, VIEW))


@operation(
    "POST",
    "/sites",
    tag="sites",
    summary="Create a conference site",
    capability=MANAGE,
    response=SiteAnswer,
    status=201,
    body=SiteBody,
)
def add_site(session: Session, body: SiteBody) -> SiteAnswer:
    """A site can be invited from now on."""
    site = create_site(session, current_actor(), sent_values(body))
    return _with_condition(session, site)


@operation(
    "PATCH",
    "/sites/<code:code>",
    tag="sites",
    summary="Change a conference site",
    capability=MANAGE,
    response=SiteAnswer,
    body=SiteChange,
)
def change_site(session: Session, code: str, body: SiteChange) -> SiteAnswer:
    """Change everything but the code."""
    site = site_in_reach(session, code, VIEW)
    update_site(session, current_actor(), site, sent_values(body), seen_by_caller())
    return _with_condition(session, site)
