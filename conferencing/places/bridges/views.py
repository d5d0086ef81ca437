"""Bridges (MCU): the list with today's use, one bridge, the form that keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField

from conferencing.blueprint import bp
from conferencing.domain.conflicts import PortUse
from conferencing.domain.interval import Interval
from conferencing.form_fields import unit_choices
from conferencing.holds.services import port_spans
from conferencing.models import Bridge
from conferencing.places.bridges.drafts import BridgeDraft
from conferencing.places.bridges.queries import bridge_by_code, visible_bridges
from conferencing.places.bridges.services import bridge_values, create_bridge, update_bridge
from conferencing.places.rooms.queries import usable_rooms
from conferencing.places.sites.listing import units_for
from hub.access import current_actor, requires
from hub.audit.queries import last_saved
from hub.clock import local, now
from hub.db import read_session
from hub.ui.editing import Kept
from hub.ui.forms import ChoiceField, DraftForm, WholeNumberField, keep_form, limits

FIRST_HOUR: Final = 6
LAST_HOUR: Final = 20
STEP: Final = timedelta(minutes=15)
WIDTH: Final = 560
HEIGHT: Final = 32


@dataclass(frozen=True, slots=True)
class Usage:
    """One day of a bridge; ``line`` and ``area`` are SVG paths in a box of WIDTH x HEIGHT."""

    peak: int
    peak_at: datetime | None
    in_use: int
    line: str
    area: str
    now_x: float | None

    @property
    def width(self) -> int:
        """Width of the drawing."""
        return WIDTH

    @property
    def height(self) -> int:
        """Height of the drawing."""
        return HEIGHT


def usage_today(session: Session, bridge: Bridge, at: datetime) -> Usage:
    """Return today's use of a bridge between 06:00 and 20:00."""
    opening = local(at).replace(hour=FIRST_HOUR, minute=0, second=0, microsecond=0)
    window = Interval(opening, opening.replace(hour=LAST_HOUR))
    return usage_of(port_spans(session, bridge.id, window), bridge.ports, window, at)


def usage_of(spans: Sequence[PortUse], ports: int, window: Interval, at: datetime) -> Usage:
    """Draw the use of some spans inside a window."""
    moments = []
    moment = window.start
    while moment < window.end:
        moments.append(moment)
        moment += STEP
    counts = [used_at(spans, moment) for moment in moments]
    peak = max(counts, default=0)
    line = _line(counts, ports)
    now_share = (at - window.start) / (window.end - window.start)
    return Usage(
        peak=peak,
        peak_at=moments[counts.index(peak)] if peak else None,
        in_use=used_at(spans, at),
        line=line,
        area=f"{line}V{HEIGHT}H0Z",
        now_x=round(WIDTH * now_share, 1) if 0 <= now_share <= 1 else None,
    )


def used_at(spans: Sequence[PortUse], moment: datetime) -> int:
    """Return the ports in use at a moment."""
    return sum(span.ports for span in spans if span.interval.contains(moment))


def _line(counts: Sequence[int], ports: int) -> str:
    step = WIDTH / max(len(counts), 1)
    path = [f"M0 {_y(counts[0] if counts else 0, ports)}"]
    for number, count in enumerate(counts):
        path.append(f"V{_y(count, ports)}H{round(step * (number + 1), 1)}")
    return "".join(path)


def _y(count: int, ports: int) -> float:
    return round(HEIGHT - (HEIGHT - 2) * min(count / ports, 1), 1)


class BridgeForm(DraftForm, FlaskForm):  # type: ignore[misc]
    """A bridge (MCU) with its ports."""

    draft = BridgeDraft

    name = StringField(_l("Tên MCU"), limits(BridgeDraft, "name"))
    code = StringField(_l("Mã"), limits(BridgeDraft, "code"))
    unit = ChoiceField(_l("Thuộc đơn vị"))
    ports = WholeNumberField(_l("Số cổng"), limits(BridgeDraft, "ports"))
    is_active = BooleanField(_l("Đang dùng"))


CAPABILITY: Final = "room.manage"
AUDITED: Final = "conferencing:bridge"


@bp.get("/bridges")
@requires("site.view")
def list_bridges() -> str:
    """Show the bridges and how full each is today."""
    session, actor = read_session(), current_actor()
    at = now()
    rows = [(b, usage_today(session, b, at)) for b in visible_bridges(session, actor)]
    return render_template("conferencing/bridges.html", rows=rows, at=at)


@bp.get("/bridges/<code>")
@requires("site.view")
def show_bridge(code: str) -> str:
    """Show one bridge, its rooms and its use today."""
    session, actor = read_session(), current_actor()
    bridge = bridge_by_code(session, actor, code)
    at = now()
    rooms = usable_rooms(session, actor, active_only=False)
    return render_template(
        "conferencing/bridges_page.html",
        bridge=bridge,
        usage=usage_today(session, bridge, at),
        at=at,
        rooms=[room for room in rooms if room.bridge_id == bridge.id],
        may_edit=actor.can_at(CAPABILITY, bridge.unit),
    )


def _form(bridge: Bridge | None = None) -> BridgeForm:
    if bridge is not None:
        form = BridgeForm(None, data={**bridge_values(bridge), "version": bridge.version})
    else:
        form = BridgeForm(data={"is_active": True})
    form.unit.choices = unit_choices(units_for(read_session(), current_actor(), CAPABILITY))
    return form


@bp.get("/bridges/new")
@requires(CAPABILITY)
def new_bridge() -> str:
    """Show the form of a new bridge."""
    return _form_page(_form())


@bp.post("/bridges/new")
@requires(CAPABILITY)
def add_bridge() -> ResponseReturnValue:
    """Add a bridge."""
    form, actor = _form(), current_actor()
    code, extra = keep_form(form, lambda session: create_bridge(session, actor, form.values).code)
    return _saved(code) if code else (_form_page(form, extra=extra), 422)


def _own_bridge(code: str) -> Bridge:
    actor = current_actor()
    bridge = bridge_by_code(read_session(), actor, code)
    actor.require(CAPABILITY, bridge.unit)
    return bridge


@bp.get("/bridges/<code>/edit")
@requires(CAPABILITY)
def edit_bridge(code: str) -> str:
    """Show the form of a bridge."""
    bridge = _own_bridge(code)
    return _form_page(_form(bridge), bridge)


@bp.post("/bridges/<code>/edit")
@requires(CAPABILITY)
def change_bridge(code: str) -> ResponseReturnValue:
    """Save a bridge."""
    bridge, form, actor = _own_bridge(code), _form(), current_actor()

    def act(session: Session) -> str:
        kept = bridge_by_code(session, actor, code)
        return update_bridge(session, actor, kept, form.values, form.seen).code

    new_code, extra = keep_form(form, act, present=lambda: _present(code))
    return _saved(new_code) if new_code else (_form_page(form, bridge, extra), form.refusal)


def _present(code: str) -> Kept:
    url = url_for("conferencing.show_bridge", code=code)
    return Kept(_form(_own_bridge(code)), url, last_saved(read_session(), AUDITED, code))


def _saved(code: str) -> Response:
    flash(_("Đã lưu MCU."))
    return redirect(url_for("conferencing.show_bridge", code=code), 303)


def _form_page(
    form: BridgeForm, bridge: Bridge | None = None, extra: list[tuple[str, str]] | None = None
) -> str:
    return render_template(
        "conferencing/bridges_form.html", form=form, bridge=bridge, extra=extra or []
    )
