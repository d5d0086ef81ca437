"""Pages of the administrative units: the tree, one unit, correcting it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.access import current_actor, requires
from hub.access.actor import Actor
from hub.access.models import OrgUnit, UserRole
from hub.audit.queries import last_saved
from hub.clock import local, now
from hub.db import read_session
from hub.errors import NotFound
from hub.orgunits.forms import UnitForm
from hub.orgunits.models import UnitSuccession
from hub.orgunits.queries import current_units, in_force, unit_by_code
from hub.orgunits.services import UnitEdit, edit_unit
from hub.orgunits.words import level_label, levels_of
from hub.search import Hit, SearchProvider, add_search
from hub.text import fold, sort_key
from hub.ui.editing import Kept
from hub.ui.forms import keep_form
from hub.ui.navigation import NavItem, add_nav


@dataclass(slots=True)
class Branch:
    """A unit with the branches below it; ``total`` counts all units below."""

    unit: OrgUnit
    children: list["Branch"] = field(default_factory=list)
    total: int = 0
    is_hit: bool = True


def visible_units(actor: Actor, units: Iterable[OrgUnit]) -> list[OrgUnit]:
    """Return the units inside the actor's subtrees."""
    scope = actor.scope_for("unit.view")
    return [unit for unit in units if scope.covers(unit)]


def build_tree(units: Sequence[OrgUnit], words: str = "") -> list[Branch]:
    """Return the roots; with words only branches that contain a hit are kept."""
    branches = {unit.id: Branch(unit) for unit in units}
    roots: list[Branch] = []
    for branch in branches.values():
        parent = branches.get(branch.unit.parent_id or 0)
        (parent.children if parent else roots).append(branch)
    wanted = fold(words)
    kept = [branch for branch in roots if _keep(branch, wanted)]
    return _sorted(kept)


def _keep(branch: Branch, wanted: str) -> bool:
    branch.total = _count(branch)
    branch.children = _sorted([child for child in branch.children if _keep(child, wanted)])
    branch.is_hit = wanted in branch.unit.name_fold or wanted == branch.unit.code
    return branch.is_hit or bool(branch.children)


def _count(branch: Branch) -> int:
    return sum(1 + _count(child) for child in branch.children)


def _sorted(branches: list[Branch]) -> list[Branch]:
    return sorted(branches, key=lambda branch: sort_key(branch.unit.name))


def find_units(session: Session, actor: Actor, words: str, limit: int) -> Sequence[Hit]:
    """Find units in force by folded name or by code, inside the actor's scope."""
    matches = or_(OrgUnit.name_fold.contains(words, autoescape=True), OrgUnit.code == words)
    inside = actor.scope_for("unit.view").clause(OrgUnit.id)
    query = select(OrgUnit).where(matches, inside, in_force()).order_by(OrgUnit.path).limit(limit)
    return [_hit(unit) for unit in session.scalars(query)]


def _hit(unit: OrgUnit) -> Hit:
    # Two pairs of communes share a folded name: the parent tells them apart.
    where = unit.parent.name if unit.parent else str(level_label(unit.level))
    return Hit(unit.name, url_for("orgunits.unit", code=unit.code), f"{where} · {unit.code}")


bp = Blueprint("orgunits", __name__, template_folder="templates")


def register(app: Flask) -> None:
    """Serve the unit pages and contribute to navigation and search."""
    app.register_blueprint(bp)
    app.jinja_env.filters["level_label"] = level_label
    also = ("orgunits.unit", "orgunits.edit", "orgunits.save", "orgunits_import.upload")
    item = NavItem(
        "admin",
        10,
        _l("Đơn vị hành chính"),
        icon="sitemap",
        endpoint="orgunits.index",
        capability="unit.view",
        also=also,
    )
    add_nav(app, [item])
    add_search(
        app,
        [
            SearchProvider(
                30, _l("Đơn vị hành chính"), icon="sitemap", capability="unit.view", find=find_units
            )
        ],
    )


@bp.get("/units")
@requires("unit.view")
def index() -> str:
    """Show the units of the actor's area as a tree."""
    actor, words = current_actor(), request.args.get("q", "").strip()
    units = visible_units(actor, current_units(read_session()))
    counts = {level: sum(u.level == level for u in units) for level in levels_of(units)}
    page = "orgunits/index.html"
    return render_template(page, branches=build_tree(units, words), counts=counts, words=words)


@bp.get("/units/<code>")
@requires("unit.view")
def unit(code: str) -> str:
    """Show one unit; ``?on=2020-10-19`` shows the one that had the code on that day."""
    session, actor = read_session(), current_actor()
    shown = unit_in_scope(session, code)
    day = _day() or local(now()).date()
    below = [u for u in current_units(session, day) if u.parent_id == shown.id]
    return render_template(
        "orgunits/unit.html",
        unit=shown,
        children=sorted(below, key=lambda u: sort_key(u.name)),
        above=_above(session, shown),
        roles=_roles_at(session, shown) if actor.can_at("user.manage", shown) else [],
        came_from=_neighbours(session, shown, before=True),
        became=_neighbours(session, shown, before=False),
        can_edit=actor.can_at("unit.manage", shown) and shown.valid_to is None,
    )


def unit_in_scope(session: Session, code: str, capability: str = "unit.view") -> OrgUnit:
    """Return the unit of a code on the day asked for, if the actor may see it.

    Raises:
        NotFound: there is none, or it lies outside the actor's subtrees.
    """
    found = unit_by_code(session, code, on=_day())
    if found is None:
        raise NotFound("")
    current_actor().require(capability, found)
    return found


def _day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return None


def _above(session: Session, shown: OrgUnit) -> list[OrgUnit]:
    ids = [int(part) for part in shown.path.split("/") if part][:-1]
    query = select(OrgUnit).where(OrgUnit.id.in_(ids)).order_by(OrgUnit.path)
    return list(session.scalars(query))


def _roles_at(session: Session, shown: OrgUnit) -> list[UserRole]:
    query = select(UserRole).where(UserRole.unit_id == shown.id).order_by(UserRole.role)
    return [held for held in session.scalars(query) if held.user.is_active]


def _neighbours(session: Session, shown: OrgUnit, *, before: bool) -> list[OrgUnit]:
    """Return the units this one took over, or those that took it over."""
    here, there = UnitSuccession.new_unit_id, UnitSuccession.old_unit_id
    if not before:
        here, there = there, here
    query = select(OrgUnit).join(UnitSuccession, there == OrgUnit.id).where(here == shown.id)
    return sorted(session.scalars(query), key=lambda u: sort_key(u.name))


@bp.get("/units/<code>/edit")
@requires("unit.manage")
def edit(code: str) -> str:
    """Show the form that corrects a unit."""
    shown = unit_in_scope(read_session(), code, "unit.manage")
    form = UnitForm(obj=shown)
    return render_template("orgunits/edit.html", unit=shown, form=form)


@bp.post("/units/<code>/edit")
@requires("unit.manage")
def save(code: str) -> ResponseReturnValue:
    """Correct a unit."""
    form = UnitForm(request.form)
    shown = unit_in_scope(read_session(), code, "unit.manage")

    def act(session: Session) -> str:
        changed = unit_in_scope(session, code, "unit.manage")
        wanted = UnitEdit(form.name.data or "", form.lat.data, form.lon.data)
        edit_unit(session, changed, wanted, form.seen)
        return changed.name

    name, _homeless = keep_form(form, act, present=lambda: _present(code))
    if name is None:
        return render_template("orgunits/edit.html", unit=shown, form=form), form.refusal
    flash(_("Đã lưu %(name)s.", name=name), "success")
    return redirect(url_for("orgunits.unit", code=code))


def _present(code: str) -> Kept:
    session = read_session()
    form = UnitForm(obj=unit_in_scope(session, code, "unit.manage"))
    url = url_for("orgunits.unit", code=code)
    return Kept(form, url, last_saved(session, "hub:unit", code))
