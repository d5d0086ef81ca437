"""Saved selections of sites: the list, and the form to choose the sites of one."""

from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from conferencing.blueprint import bp
from conferencing.form_fields import unit_choices
from conferencing.models import SiteGroup
from conferencing.places.groups.queries import group_by_id, visible_groups
from conferencing.places.groups.services import create_group, delete_group, update_group
from conferencing.places.sites.listing import grouped, site_items, units_for
from hub.access import current_actor, requires
from hub.access.models import OrgUnit
from hub.db import in_transaction, read_session
from hub.errors import Invalid
from hub.orgunits.queries import unit_ref

CAPABILITY: Final = "group.manage"


@bp.get("/groups")
@requires("site.view")
def list_groups() -> str:
    """Show the saved selections of this person's area and of the units above it."""
    session, actor = read_session(), current_actor()
    groups = visible_groups(session, actor)
    units = {unit.id: unit for unit in units_for(session, actor, CAPABILITY)}
    owners = {group.unit_id: session.get_one(OrgUnit, group.unit_id).name for group in groups}
    return render_template("conferencing/groups.html", groups=groups, units=units, owners=owners)


@bp.get("/groups/new")
@requires(CAPABILITY)
def new_group() -> str:
    """Show the form of a new selection."""
    return _form_page(None, {"name": "", "unit": "", "sites": ()})


@bp.post("/groups/new")
@requires(CAPABILITY)
def add_group() -> ResponseReturnValue:
    """Add a selection."""
    asked = _posted()
    try:
        actor = current_actor()
        in_transaction(lambda session: create_group(session, actor, asked))
    except Invalid as error:
        return _form_page(None, asked, _sentences(error)), 422
    return _saved()


@bp.get("/groups/<int:group_id>")
@requires(CAPABILITY)
def edit_group(group_id: int) -> str:
    """Show the form of a selection."""
    session = read_session()
    group = group_by_id(session, current_actor(), group_id)
    unit = session.get_one(OrgUnit, group.unit_id)
    codes = tuple(member.site.code for member in group.members)
    return _form_page(group, {"name": group.name, "unit": unit_ref(unit), "sites": codes})


@bp.post("/groups/<int:group_id>")
@requires(CAPABILITY)
def change_group(group_id: int) -> ResponseReturnValue:
    """Save a selection."""
    asked, actor = _posted(), current_actor()
    try:
        in_transaction(
            lambda session: update_group(
                session, actor, group_by_id(session, actor, group_id), asked
            )
        )
    except Invalid as error:
        group = group_by_id(read_session(), actor, group_id)
        return _form_page(group, asked, _sentences(error)), 422
    return _saved()


@bp.post("/groups/<int:group_id>/delete")
@requires(CAPABILITY)
def remove_group(group_id: int) -> ResponseReturnValue:
    """Delete a selection; conferences keep their sites."""
    actor = current_actor()
    in_transaction(
        lambda session: delete_group(session, actor, group_by_id(session, actor, group_id))
    )
    flash(_("Đã xóa nhóm điểm cầu."))
    return redirect(url_for("conferencing.list_groups"), 303)


def _posted() -> dict[str, Any]:
    return {
        "name": request.form.get("name", ""),
        "unit": request.form.get("unit", ""),
        "sites": tuple(request.form.getlist("sites")),
    }


def _sentences(error: Invalid) -> list[tuple[str, str]]:
    return [(f"#{item.field}", item.message) for item in error.errors]


def _saved() -> Response:
    flash(_("Đã lưu nhóm điểm cầu."))
    return redirect(url_for("conferencing.list_groups"), 303)


def _form_page(
    group: SiteGroup | None, asked: dict[str, Any], extra: list[tuple[str, str]] | None = None
) -> str:
    session, actor = read_session(), current_actor()
    return render_template(
        "conferencing/groups_form.html",
        form=FlaskForm(),
        group=group,
        asked=asked,
        units=unit_choices(units_for(session, actor, CAPABILITY)),
        tree=grouped(session, site_items(session, actor)),
        extra=extra or [],
    )
