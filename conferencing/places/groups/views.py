"""Saved selections of sites: the list, and the form to choose the sites of one."""

from typing import Final

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import SelectChoice, SelectMultipleField, StringField

from conferencing.blueprint import bp
from conferencing.form_fields import unit_choices
from conferencing.models import SiteGroup
from conferencing.places.groups.drafts import GroupDraft
from conferencing.places.groups.queries import group_by_id, visible_groups
from conferencing.places.groups.services import create_group, delete_group, update_group
from conferencing.places.sites.listing import grouped, site_items, units_for
from hub.access import current_actor, requires
from hub.access.models import OrgUnit
from hub.audit.queries import last_saved
from hub.db import in_transaction, read_session
from hub.orgunits.queries import unit_ref
from hub.ui.editing import Kept
from hub.ui.forms import ChoiceField, DraftForm, keep_form, limits

CAPABILITY: Final = "group.manage"
AUDITED: Final = "conferencing:group"


class GroupForm(DraftForm, FlaskForm):  # type: ignore[misc]
    """A saved selection of sites."""

    draft = GroupDraft

    name = StringField(_l("Tên nhóm"), limits(GroupDraft, "name"))
    unit = ChoiceField(_l("Của đơn vị"))
    sites = SelectMultipleField(_l("Điểm cầu"), validate_choice=False)


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
    return _form_page(_form())


@bp.post("/groups/new")
@requires(CAPABILITY)
def add_group() -> ResponseReturnValue:
    """Add a selection."""
    form, actor = _form(), current_actor()
    saved, extra = keep_form(form, lambda session: create_group(session, actor, form.values).id)
    return _saved() if saved else (_form_page(form, extra=extra), 422)


@bp.get("/groups/<int:group_id>")
@requires(CAPABILITY)
def edit_group(group_id: int) -> str:
    """Show the form of a selection."""
    group = group_by_id(read_session(), current_actor(), group_id)
    return _form_page(_form(group), group)


@bp.post("/groups/<int:group_id>")
@requires(CAPABILITY)
def change_group(group_id: int) -> ResponseReturnValue:
    """Save a selection."""
    form, actor = _form(), current_actor()

    def act(session: Session) -> int:
        group = group_by_id(session, actor, group_id)
        return update_group(session, actor, group, form.values, form.seen).id

    saved, extra = keep_form(form, act, present=lambda: _present(group_id))
    if saved:
        return _saved()
    return _form_page(form, group_by_id(read_session(), actor, group_id), extra), form.refusal


def _present(group_id: int) -> Kept:
    session, actor = read_session(), current_actor()
    group = group_by_id(session, actor, group_id)
    form = _form(group)
    form.sites.choices = [
        SelectChoice(i.site.code, i.site.name) for i in site_items(session, actor)
    ]
    url = url_for("conferencing.list_groups")
    return Kept(form, url, last_saved(session, AUDITED, group.name))


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


def _saved() -> Response:
    flash(_("Đã lưu nhóm điểm cầu."))
    return redirect(url_for("conferencing.list_groups"), 303)


def _form(group: SiteGroup | None = None) -> GroupForm:
    session, actor = read_session(), current_actor()
    if group is not None:
        unit = session.get_one(OrgUnit, group.unit_id)
        codes = [member.site.code for member in group.members]
        values = {"name": group.name, "unit": unit_ref(unit), "sites": codes}
        form = GroupForm(None, data={**values, "version": group.version})
    else:
        form = GroupForm()
    form.unit.choices = unit_choices(units_for(session, actor, CAPABILITY))
    return form


def _form_page(
    form: GroupForm, group: SiteGroup | None = None, extra: list[tuple[str, str]] | None = None
) -> str:
    session, actor = read_session(), current_actor()
    return render_template(
        "conferencing/groups_form.html",
        form=form,
        group=group,
        tree=grouped(session, site_items(session, actor)),
        extra=extra or [],
    )
