"""Saved selections of sites: the list, and the form to choose the sites of one."""

from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from conferencing.blueprint import bp
from conferencing.models import SiteGroup
from conferencing.places.groups.queries import group_by_id, visible_groups
from conferencing.places.groups.services import create_group, delete_group, update_group
from conferencing.places.sites.listing import grouped, site_items, units_for
from conferencing.requests import GroupRequest
from hub.access import current_actor, requires
from hub.access.models import OrgUnit
from hub.db import read_session, transaction
from hub.errors import Invalid

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
    return _form_page(None, GroupRequest("", current_actor().home_unit_id or 0, ()))


@bp.post("/groups/new")
@requires(CAPABILITY)
def add_group() -> ResponseReturnValue:
    """Add a selection."""
    asked = _posted()
    try:
        with transaction() as session:
            create_group(session, current_actor(), asked)
    except Invalid as error:
        return _form_page(None, asked, _sentences(error)), 422
    return _saved()


@bp.get("/groups/<int:group_id>")
@requires(CAPABILITY)
def edit_group(group_id: int) -> str:
    """Show the form of a selection."""
    group = group_by_id(read_session(), current_actor(), group_id)
    codes = tuple(member.site.code for member in group.members)
    return _form_page(group, GroupRequest(group.name, group.unit_id, codes))


@bp.post("/groups/<int:group_id>")
@requires(CAPABILITY)
def change_group(group_id: int) -> ResponseReturnValue:
    """Save a selection."""
    asked, actor = _posted(), current_actor()
    try:
        with transaction() as session:
            update_group(session, actor, group_by_id(session, actor, group_id), asked)
    except Invalid as error:
        group = group_by_id(read_session(), actor, group_id)
        return _form_page(group, asked, _sentences(error)), 422
    return _saved()


@bp.post("/groups/<int:group_id>/delete")
@requires(CAPABILITY)
def remove_group(group_id: int) -> ResponseReturnValue:
    """Delete a selection; conferences keep their sites."""
    actor = current_actor()
    with transaction() as session:
        delete_group(session, actor, group_by_id(session, actor, group_id))
    flash(_("Đã xóa nhóm điểm cầu."))
    return redirect(url_for("conferencing.list_groups"), 303)


def _posted() -> GroupRequest:
    unit_id = request.form.get("unit_id", "")
    return GroupRequest(
        name=request.form.get("name", ""),
        unit_id=int(unit_id) if unit_id.isdecimal() and len(unit_id) < 10 else 0,
        site_codes=tuple(request.form.getlist("site_codes")),
    )


def _sentences(error: Invalid) -> list[tuple[str, str]]:
    return [(f"#{item.field}", item.message) for item in error.errors]


def _saved() -> Response:
    flash(_("Đã lưu nhóm điểm cầu."))
    return redirect(url_for("conferencing.list_groups"), 303)


def _form_page(
    group: SiteGroup | None, asked: GroupRequest, extra: list[tuple[str, str]] | None = None
) -> str:
    session, actor = read_session(), current_actor()
    return render_template(
        "conferencing/groups_form.html",
        form=FlaskForm(),
        group=group,
        asked=asked,
        units=units_for(session, actor, CAPABILITY),
        tree=grouped(session, site_items(session, actor)),
        extra=extra or [],
    )
