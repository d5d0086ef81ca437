"""Accounts of other people: list, add, edit, roles at units, close."""

from collections.abc import Callable

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from hub.access import requires
from hub.access.actor import Actor, current_actor
from hub.access.capabilities import ROLES
from hub.access.models import OrgUnit, User
from hub.accounts.forms import NewPersonForm, PersonForm, ResetForm, RoleForm
from hub.accounts.own import live_sessions
from hub.accounts.people import (
    MANAGE,
    Person,
    edit_person,
    give_role,
    managed_person,
    people,
    reset_password,
    set_active,
    take_role,
    visible_person,
)
from hub.accounts.services import add_user
from hub.accounts.words import ROLE_LABELS, role_label, scope_label
from hub.audit import record_audit
from hub.audit.queries import last_saved
from hub.db import read_session, transaction
from hub.errors import Conflict, NotFound
from hub.orgunits.queries import current_units
from hub.text import sort_key
from hub.ui.editing import Kept
from hub.ui.forms import keep_form
from hub.ui.navigation import NavItem, add_nav


def unit_choices(
    session: Session, actor: Actor, capability: str = "user.manage"
) -> list[SelectChoice]:
    """Return options grouped under each unit that has units below, itself first."""
    scope = actor.scope_for(capability)
    units = [unit for unit in current_units(session) if scope.covers(unit)]
    below: dict[int, list[OrgUnit]] = {}
    for unit in units:
        below.setdefault(unit.parent_id or 0, []).append(unit)
    choices: list[SelectChoice] = []
    known = {unit.id for unit in units}
    for unit in units:
        leaves = [child for child in below.get(unit.id, []) if child.id not in below]
        if leaves or unit.id in below or unit.parent_id not in known:
            members = [unit, *sorted(leaves, key=lambda u: sort_key(u.name))]
            choices += [SelectChoice(str(m.id), m.name, optgroup=unit.name) for m in members]
    return choices


bp = Blueprint("accounts_admin", __name__, template_folder="templates")


def register(app: Flask) -> None:
    """Serve the pages of accounts and tokens and contribute to the navigation."""
    app.register_blueprint(bp)
    app.jinja_env.filters["role_label"] = role_label
    app.jinja_env.filters["scope_label"] = scope_label
    also = ("accounts_admin.user", "accounts_admin.new", "accounts_admin.edit")
    people_item = NavItem(
        "admin",
        20,
        _l("Tài khoản"),
        icon="users",
        endpoint="accounts_admin.index",
        capability=MANAGE,
        also=also,
    )
    add_nav(app, [people_item])


@bp.get("/users")
@requires(MANAGE)
def index() -> str:
    """List accounts; the filters live in the address."""
    words, role = request.args.get("q", "").strip(), request.args.get("role", "")
    active = request.args.get("state") != "closed"
    found = people(read_session(), current_actor(), words=words, role=role, active=active)
    return render_template(
        "accounts/users.html",
        users=found,
        words=words,
        role=role if role in ROLES else "",
        active=active,
        roles=ROLE_LABELS,
    )


@bp.get("/users/new")
@requires(MANAGE)
def new() -> str:
    """Show the form for a new account."""
    return _new_page(NewPersonForm(), _role_form())


def _new_page(form: NewPersonForm, role_form: RoleForm) -> str:
    return render_template("accounts/user_new.html", form=form, role_form=role_form)


def _role_form(filled: bool = False) -> RoleForm:
    form = RoleForm(request.form) if filled else RoleForm(role="viewer")
    form.unit.choices = unit_choices(read_session(), current_actor())
    return form


@bp.post("/users/new")
@requires(MANAGE)
def create() -> ResponseReturnValue:
    """Create an account with its first role."""
    form, role_form = NewPersonForm(request.form), _role_form(filled=True)
    if not all([form.validate(), role_form.validate()]):
        return _new_page(form, role_form), 422
    try:
        with transaction() as session:
            user = add_user(
                session,
                username=form.username.data,
                full_name=form.full_name.data,
                password=form.password.data,
                email=form.email.data or "",
                title=form.title.data or "",
                phone=form.phone.data or "",
            )
            record_audit(session, "hub:account:created", user.username)
            _give(session, current_actor(), user, role_form)
    except Conflict as error:
        form[error.details.get("field", "username")].errors = [error.message]
        return _new_page(form, role_form), 409
    flash(_("Đã tạo tài khoản %(name)s.", name=user.username), "success")
    return redirect(url_for("accounts_admin.user", username=user.username))


def _give(session: Session, actor: Actor, user: User, form: RoleForm) -> None:
    unit = session.get(OrgUnit, int(form.unit.data))
    if unit is None:
        raise NotFound("")
    give_role(session, actor, user, form.role.data, unit)


@bp.get("/users/<username>")
@requires(MANAGE)
def user(username: str) -> str:
    """Show an account with its roles."""
    return _user_page(username, _role_form(), ResetForm())


def _user_page(username: str, role_form: RoleForm, reset: ResetForm) -> str:
    session, actor = read_session(), current_actor()
    person = visible_person(session, actor, username)
    scope = actor.scope_for(MANAGE)
    return render_template(
        "accounts/user.html",
        user=person,
        role_form=role_form,
        reset=reset,
        sessions=live_sessions(session, person.id),
        may_change=all(scope.covers(held.unit) for held in person.roles),
        is_me=person.id == actor.user_id,
    )


@bp.get("/users/<username>/edit")
@requires(MANAGE)
def edit(username: str) -> str:
    """Show the form for name, address, title and phone."""
    person = managed_person(read_session(), current_actor(), username)
    return render_template("accounts/user_edit.html", user=person, form=PersonForm(obj=person))


@bp.post("/users/<username>/edit")
@requires(MANAGE)
def save(username: str) -> ResponseReturnValue:
    """Save name, address, title and phone."""
    form, actor = PersonForm(request.form), current_actor()

    def act(session: Session) -> str:
        person = managed_person(session, actor, username)
        written = {name: form[name].data or "" for name in ("full_name", "email", "title", "phone")}
        edit_person(session, person, Person(**written), form.seen)
        return person.username

    status = 409
    try:
        kept, _homeless = keep_form(form, act, present=lambda: _present(username))
        if kept:
            return _back(username, _("Đã lưu."))
        status = form.refusal
    except Conflict as error:
        form.email.errors = [*form.email.errors, error.message]
    person = managed_person(read_session(), actor, username)
    return render_template("accounts/user_edit.html", user=person, form=form), status


def _present(username: str) -> Kept:
    session = read_session()
    person = managed_person(session, current_actor(), username)
    url = url_for("accounts_admin.user", username=username)
    return Kept(PersonForm(obj=person), url, last_saved(session, "hub:account", person.username))


@bp.post("/users/<username>/roles")
@requires(MANAGE)
def grant(username: str) -> ResponseReturnValue:
    """Give a role at a unit."""
    form = _role_form(filled=True)
    if not form.validate():
        return _user_page(username, form, ResetForm()), 422
    return _change(
        username, lambda session, actor, person: _give(session, actor, person, form), _("Đã trao.")
    )


@bp.post("/users/<username>/roles/<int:role_id>/revoke")
@requires(MANAGE)
def revoke(username: str, role_id: int) -> ResponseReturnValue:
    """Take a role away."""
    return _change(
        username,
        lambda session, actor, person: take_role(session, actor, person, role_id),
        _("Đã bỏ vai trò; người này cần đăng nhập lại."),
    )


@bp.post("/users/<username>/password")
@requires(MANAGE)
def password(username: str) -> ResponseReturnValue:
    """Give the person a new password."""
    form = ResetForm(request.form)
    if not form.validate():
        return _user_page(username, _role_form(), form), 422
    return _change(
        username,
        lambda session, _actor, person: reset_password(session, person, form.password.data),
        _("Đã đặt mật khẩu mới; người này đã bị đăng xuất khỏi mọi thiết bị."),
    )


@bp.post("/users/<username>/deactivate")
@requires(MANAGE)
def deactivate(username: str) -> ResponseReturnValue:
    """Close an account."""
    return _change(
        username,
        lambda session, actor, person: set_active(session, actor, person, active=False),
        _("Đã khóa tài khoản."),
    )


@bp.post("/users/<username>/activate")
@requires(MANAGE)
def activate(username: str) -> ResponseReturnValue:
    """Open a closed account again."""
    return _change(
        username,
        lambda session, actor, person: set_active(session, actor, person, active=True),
        _("Đã mở lại tài khoản."),
    )


def _change(
    username: str, change: Callable[[Session, Actor, User], None], done: str
) -> ResponseReturnValue:
    actor = current_actor()
    with transaction() as session:
        change(session, actor, managed_person(session, actor, username))
    return _back(username, done)


def _back(username: str, done: str) -> ResponseReturnValue:
    flash(done, "success")
    return redirect(url_for("accounts_admin.user", username=username))
