"""Virtual rooms: the list, one room, the form that keeps it."""

from typing import Final

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectChoice, StringField

from conferencing.blueprint import bp
from conferencing.form_fields import unit_choices
from conferencing.models import Room
from conferencing.occurrences.services import state_now
from conferencing.places.bridges.queries import visible_bridges
from conferencing.places.rooms.drafts import RoomDraft
from conferencing.places.rooms.queries import room_by_code, usable_rooms
from conferencing.places.rooms.services import create_room, room_values, update_room
from conferencing.places.sites.listing import units_for, upcoming_of_resource
from hub.access import current_actor, requires
from hub.audit.queries import last_saved
from hub.db import read_session
from hub.ui.editing import Kept
from hub.ui.forms import ChoiceField, DraftForm, WholeNumberField, keep_form, limits


class RoomForm(DraftForm, FlaskForm):  # type: ignore[misc]
    """A virtual room on a bridge."""

    draft = RoomDraft

    name = StringField(_l("Tên phòng"), limits(RoomDraft, "name"))
    code = StringField(_l("Mã"), limits(RoomDraft, "code"))
    unit = ChoiceField(_l("Thuộc đơn vị"))
    bridge = ChoiceField(_l("Chạy trên MCU"))
    capacity = WholeNumberField(_l("Số điểm cầu vào được"), limits(RoomDraft, "capacity"))
    buffer_minutes = WholeNumberField(
        _l("Chuẩn bị trước và sau, phút"), limits(RoomDraft, "buffer_minutes")
    )
    dial_in = StringField(_l("Số gọi vào"), limits(RoomDraft, "dial_in"))
    join_url = StringField(_l("Liên kết vào họp"), limits(RoomDraft, "join_url"))
    is_active = BooleanField(_l("Được đặt"))


CAPABILITY: Final = "room.manage"
AUDITED: Final = "conferencing:room"


@bp.get("/rooms")
@requires("site.view")
def list_rooms() -> str:
    """Show the virtual rooms this person may use, each with its next conference."""
    session, actor = read_session(), current_actor()
    rows = []
    for room in usable_rooms(session, actor, active_only=False):
        ahead = upcoming_of_resource(session, actor, room_id=room.id, limit=1)
        rows.append((room, ahead[0] if ahead else None))
    return render_template("conferencing/rooms.html", rows=rows)


@bp.get("/rooms/<code>")
@requires("site.view")
def show_room(code: str) -> str:
    """Show one room and what is booked in it."""
    session, actor = read_session(), current_actor()
    room = room_by_code(session, actor, code)
    upcoming = upcoming_of_resource(session, actor, room_id=room.id)
    return render_template(
        "conferencing/rooms_page.html",
        room=room,
        upcoming=[(o, c, state_now(o)) for o, c in upcoming],
        may_edit=actor.can_at(CAPABILITY, room.unit),
        may_follow=actor.scope.covers(room.unit),
    )


def _form(room: Room | None = None) -> RoomForm:
    session, actor = read_session(), current_actor()
    if room is not None:
        form = RoomForm(None, data={**room_values(room), "version": room.version})
    else:
        form = RoomForm(data={"buffer_minutes": 0, "is_active": True})
    form.unit.choices = unit_choices(units_for(session, actor, CAPABILITY))
    form.bridge.choices = [SelectChoice(b.code, b.name) for b in visible_bridges(session, actor)]
    return form


@bp.get("/rooms/new")
@requires(CAPABILITY)
def new_room() -> str:
    """Show the form of a new room."""
    return _form_page(_form())


@bp.post("/rooms/new")
@requires(CAPABILITY)
def add_room() -> ResponseReturnValue:
    """Add a room."""
    form, actor = _form(), current_actor()
    code, extra = keep_form(form, lambda session: create_room(session, actor, form.values).code)
    return _saved(code) if code else (_form_page(form, extra=extra), 422)


def _own_room(code: str) -> Room:
    actor = current_actor()
    room = room_by_code(read_session(), actor, code)
    actor.require(CAPABILITY, room.unit)
    return room


@bp.get("/rooms/<code>/edit")
@requires(CAPABILITY)
def edit_room(code: str) -> str:
    """Show the form of a room."""
    room = _own_room(code)
    return _form_page(_form(room), room)


@bp.post("/rooms/<code>/edit")
@requires(CAPABILITY)
def change_room(code: str) -> ResponseReturnValue:
    """Save a room."""
    room, form, actor = _own_room(code), _form(), current_actor()

    def act(session: Session) -> str:
        kept = room_by_code(session, actor, code)
        return update_room(session, actor, kept, form.values, form.seen).code

    new_code, extra = keep_form(form, act, present=lambda: _present(code))
    return _saved(new_code) if new_code else (_form_page(form, room, extra), form.refusal)


def _present(code: str) -> Kept:
    url = url_for("conferencing.show_room", code=code)
    return Kept(_form(_own_room(code)), url, last_saved(read_session(), AUDITED, code))


def _saved(code: str) -> Response:
    flash(_("Đã lưu phòng họp."))
    return redirect(url_for("conferencing.show_room", code=code), 303)


def _form_page(
    form: RoomForm, room: Room | None = None, extra: list[tuple[str, str]] | None = None
) -> str:
    return render_template("conferencing/rooms_form.html", form=form, room=room, extra=extra or [])
