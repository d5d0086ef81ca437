"""Conference sites (điểm cầu)."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from conferencing.api_names import api_names
from conferencing.models import Site
from conferencing.places.sites.services import create_site, update_site
from conferencing.requests import SiteRequest
from hub.access.actor import current_actor
from hub.api import (
    ApiAnswer,
    ApiModel,
    Code,
    Flag,
    Instant,
    Page,
    PageQuery,
    Words,
    after_id,
    by_code_or_id,
    operation,
    page_of,
    require_visible,
    scope_conditions,
    unit_named,
)
from hub.contracts.sites import SiteCondition, site_conditions
from hub.db import read_session
from hub.text import fold

VIEW: Final = "site.view"
MANAGE: Final = "site.manage"
Readiness = Literal["in_service", "testing", "fault", "retired"]
Seats = Annotated[int, Field(ge=1, le=10_000)]
Kbps = Annotated[int, Field(ge=1, le=100_000_000)]
Name = Annotated[str, Field(max_length=120)]


class Condition(ApiAnswer):
    """What sensors say of the site's power and line."""

    state: Literal["ok", "power_lost", "line_lost", "unknown"]
    since: Instant | None
    detail: str


class SiteAnswer(ApiAnswer):
    """A site; ``condition`` is null when no sensor watches it."""

    id: int
    code: str
    name: str
    unit: str
    unit_name: str
    seats: int
    email: str
    technician_name: str
    technician_phone: str
    carrier: str
    line_kbps: int | None
    readiness: str
    note: str
    is_active: bool
    condition: Condition | None


class SiteQuery(PageQuery):
    """Filters; ``unit`` takes in everything below it."""

    unit: Annotated[str, Field(max_length=80)] = ""
    status: Readiness | None = None
    is_active: Flag | None = None
    q: Annotated[str, Field(max_length=100)] = ""


class SiteChange(ApiModel):
    """What to change; members left out or null stay as they are."""

    name: Words | None = None
    unit: Code | None = None
    seats: Seats | None = None
    email: Annotated[str, Field(max_length=200)] | None = None
    technician_name: Name | None = None
    technician_phone: Annotated[str, Field(max_length=30)] | None = None
    carrier: Annotated[str, Field(max_length=40)] | None = None
    line_kbps: Kbps | None = None
    readiness: Readiness | None = None
    note: Words | None = None
    is_active: bool | None = None


class SiteBody(SiteChange):
    """A site to create."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
    name: Words
    unit: Code


def sent_values(body: ApiModel, *but: str) -> dict[str, Any]:
    """Return the members that were sent and are not null."""
    names = body.model_fields_set - set(but)
    return {name: getattr(body, name) for name in names if getattr(body, name) is not None}


_PLAIN: Final = tuple(
    name for name in SiteAnswer.model_fields if name not in {"unit", "unit_name", "condition"}
)


def _to_schema(site: Site, condition: SiteCondition | None) -> SiteAnswer:
    return SiteAnswer.model_construct(
        **{name: getattr(site, name) for name in _PLAIN},
        unit=site.unit.code,
        unit_name=site.unit.name,
        condition=_condition(condition),
    )


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
    actor = current_actor()
    unit = unit_named(session, actor, body.unit)
    with api_names():
        request = SiteRequest(unit_id=unit.id, **sent_values(body, "unit"))
        return _with_condition(session, create_site(session, actor, request))


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
    actor = current_actor()
    site = site_in_reach(session, code, VIEW)
    values = {name: getattr(site, name) for name in SiteRequest.__dataclass_fields__}
    values.update(sent_values(body, "unit"))
    if body.unit is not None:
        values["unit_id"] = unit_named(session, actor, body.unit).id
    with api_names():
        return _with_condition(session, update_site(session, actor, site, SiteRequest(**values)))
