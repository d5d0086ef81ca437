"""The sites of one's area, one site, and the form that keeps it up to date."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectChoice, StringField, TextAreaField

from conferencing.blueprint import bp
from conferencing.form_fields import unit_choices
from conferencing.models import Site
from conferencing.occurrences.services import state_now
from conferencing.places.districts import FEW
from conferencing.places.sites.drafts import SiteDraft
from conferencing.places.sites.listing import (
    SiteItem,
    grouped,
    site_items,
    units_for,
    upcoming_of_resource,
)
from conferencing.places.sites.queries import site_by_code
from conferencing.places.sites.services import create_site, site_values, update_site
from hub.access import current_actor, requires
from hub.access.models import OrgUnit
from hub.audit.queries import last_saved
from hub.contracts.sites import CONDITION_LOOKS, site_conditions
from hub.db import read_session
from hub.text import fold
from hub.ui.editing import Kept
from hub.ui.forms import ChoiceField, DraftForm, WholeNumberField, keep_form, limits
from hub.ui.states import Look

READINESS: Final[dict[str, Look]] = {
    "in_service": Look(icon="circle-check", word=_l("Sẵn sàng"), tone="normal"),
    "testing": Look(icon="activity", word=_l("Đang thử"), tone="low"),
    "fault": Look(icon="alert-triangle", word=_l("Hỏng"), tone="high"),
    "retired": Look(icon="archive", word=_l("Ngừng dùng"), tone="quiet"),
}
# What people call it first; anything else is kept as typed.
CARRIERS: Final = ("VNPT", "Viettel", "FPT", "MobiFone")


class SiteForm(DraftForm, FlaskForm):  # type: ignore[misc]
    """A site as the person who keeps it knows it."""

    draft = SiteDraft

    code = StringField(_l("Mã"), limits(SiteDraft, "code"))
    name = StringField(_l("Tên điểm cầu"), limits(SiteDraft, "name"))
    unit = ChoiceField(_l("Thuộc đơn vị"))
    seats = WholeNumberField(_l("Số chỗ ngồi"), limits(SiteDraft, "seats"))
    email = StringField(_l("Hộp thư nhận giấy mời"), limits(SiteDraft, "email"))
    technician_name = StringField(_l("Cán bộ kỹ thuật"), limits(SiteDraft, "technician_name"))
    technician_phone = StringField(_l("Điện thoại"), limits(SiteDraft, "technician_phone"))
    carrier = StringField(_l("Nhà mạng"), limits(SiteDraft, "carrier"))
    line_kbps = WholeNumberField(_l("Đường truyền, kbit/s"), limits(SiteDraft, "line_kbps"))
    readiness = ChoiceField(
        _l("Tình trạng"), choices=[SelectChoice(key, look.word) for key, look in READINESS.items()]
    )
    note = TextAreaField(_l("Ghi chú"), limits(SiteDraft, "note"))
    is_active = BooleanField(_l("Được mời vào hội nghị"))


def site_form(units: Sequence[OrgUnit], site: Site | None = None) -> SiteForm:
    """Give the form with the units to choose from, filled from a site."""
    if site is not None:
        form = SiteForm(None, data={**site_values(site), "version": site.version})
    else:
        form = SiteForm(data={"seats": 20, "is_active": True})
    form.unit.choices = unit_choices(units)
    return form


CAPABILITY: Final = "site.manage"
AUDITED: Final = "conferencing:site"
CONDITIONS: Final = ("power_lost", "line_lost", "unknown")
STATES: Final[dict[str, Look]] = {
    **{state: CONDITION_LOOKS[state] for state in CONDITIONS},
    **READINESS,
}
TINTS: Final = {"power_lost": "critical", "line_lost": "high", "fault": "high"}


@bp.get("/sites")
@requires("site.view")
def list_sites() -> str:
    """Show the sites by the unit they belong to, narrowed by state, carrier and name."""
    session = read_session()
    items = site_items(session, current_actor())
    state, carrier = request.args.get("state", ""), request.args.get("carrier", "")
    text = request.args.get("q", "")[:80]
    found = [item for item in items if _fits(item, carrier, text)]
    shown = [item for item in found if not state or item.state == state]
    groups = grouped(session, shown)
    is_narrow = bool(state or carrier or text) or len(groups) == 1
    return render_template(
        "conferencing/sites.html",
        groups=groups,
        is_folded=len(shown) > FEW and not is_narrow,
        opened=request.args.get("open", ""),
        total=len(items),
        shown=len(shown),
        parts=_parts(items),
        filters=_filters(found, state, carrier, text),
        carriers=sorted({item.site.carrier for item in items if item.site.carrier}),
        state=state,
        carrier=carrier,
        text=text,
        looks=STATES,
        tints=TINTS,
    )


def _fits(item: SiteItem, carrier: str, text: str) -> bool:
    site = item.site
    words = fold(text)
    named = words in site.name_fold or words in fold(site.technician_name)
    return (not carrier or site.carrier == carrier) and named


def _parts(items: Sequence[SiteItem]) -> list[tuple[int, str, str]]:
    counts = Counter(item.state for item in items)
    order = ("in_service", "testing", "power_lost", "line_lost", "fault", "unknown", "retired")
    return [(counts[s], STATES[s].tone, str(STATES[s].word)) for s in order if counts[s]]


def _filters(
    items: Sequence[SiteItem], state: str, carrier: str, text: str
) -> list[dict[str, Any]]:
    counts = Counter(item.state for item in items)

    def entry(key: str, label: str, count: int, picture: str = "") -> dict[str, Any]:
        url = url_for(
            "conferencing.list_sites", state=key or None, carrier=carrier or None, q=text or None
        )
        return {"label": label, "count": count, "url": url, "current": key == state,
                "icon": picture}  # fmt: skip

    named = [
        entry(key, str(look.word), counts[key], look.icon)
        for key, look in STATES.items()
        if counts[key] or key == state
    ]
    return [entry("", _("Tất cả"), len(items)), *named]


@bp.get("/sites/<code>")
@requires("site.view")
def show_site(code: str) -> str:
    """Show one site: who keeps it, its power and line, what it takes part in next."""
    session, actor = read_session(), current_actor()
    site = site_by_code(session, actor, code)
    upcoming = upcoming_of_resource(session, actor, site_id=site.id)
    return render_template(
        "conferencing/site_page.html",
        site=site,
        condition=site_conditions(session, [site.code]).get(site.code),
        look=READINESS.get(site.readiness, CONDITION_LOOKS["unknown"]),
        upcoming=[(o, c, state_now(o)) for o, c in upcoming],
        may_edit=actor.can_at(CAPABILITY, site.unit),
    )


@bp.get("/sites/new")
@requires(CAPABILITY)
def new_site() -> str:
    """Show the form of a new site."""
    units = units_for(read_session(), current_actor(), CAPABILITY)
    return _form_page(site_form(units))


@bp.post("/sites/new")
@requires(CAPABILITY)
def add_site() -> ResponseReturnValue:
    """Add a site."""
    actor = current_actor()
    form = site_form(units_for(read_session(), actor, CAPABILITY))
    code, extra = keep_form(form, lambda session: create_site(session, actor, form.values).code)
    return _saved(code) if code else (_form_page(form, extra=extra), 422)


@bp.get("/sites/<code>/edit")
@requires(CAPABILITY)
def edit_site(code: str) -> str:
    """Show the form of a site."""
    session, actor = read_session(), current_actor()
    site = site_by_code(session, actor, code)
    actor.require(CAPABILITY, site.unit)
    return _form_page(site_form(units_for(session, actor, CAPABILITY), site), site)


@bp.post("/sites/<code>/edit")
@requires(CAPABILITY)
def change_site(code: str) -> ResponseReturnValue:
    """Save a site."""
    session, actor = read_session(), current_actor()
    site = site_by_code(session, actor, code)
    actor.require(CAPABILITY, site.unit)
    form = site_form(units_for(session, actor, CAPABILITY))

    def act(session: Session) -> str:
        kept = site_by_code(session, actor, code)
        return update_site(session, actor, kept, form.values, form.seen).code

    new_code, extra = keep_form(form, act, present=lambda: _present(code))
    return _saved(new_code) if new_code else (_form_page(form, site, extra), form.refusal)


def _present(code: str) -> Kept:
    session, actor = read_session(), current_actor()
    form = site_form(units_for(session, actor, CAPABILITY), site_by_code(session, actor, code))
    url = url_for("conferencing.show_site", code=code)
    return Kept(form, url, last_saved(session, AUDITED, code))


def _saved(code: str) -> Response:
    flash(_("Đã lưu điểm cầu."))
    return redirect(url_for("conferencing.show_site", code=code), 303)


def _form_page(
    form: SiteForm, site: Site | None = None, extra: list[tuple[str, str]] | None = None
) -> str:
    return render_template(
        "conferencing/site_form.html", form=form, site=site, extra=extra or [], carriers=CARRIERS
    )
