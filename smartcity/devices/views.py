"""Devices: the list by unit, the page of one with its past, and the forms that keep it."""

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from hub.access import Actor, current_actor, requires
from hub.audit.queries import last_saved
from hub.clock import now
from hub.db import in_transaction, read_session
from hub.errors import Conflict, NotFound
from hub.ui.editing import Kept, Saved
from hub.ui.forms import keep_form
from smartcity import arguments
from smartcity.blueprint import bp
from smartcity.devices import queries, services
from smartcity.devices.forms import DeviceForm, MarksForm
from smartcity.devices.looks import DEVICE_KIND_ICONS, DEVICE_KIND_WORDS
from smartcity.devices.queries import (
    PAGE,
    STATUSES,
    DeviceFilter,
    alerts_of_device,
    device_status,
    rules_for_device,
)
from smartcity.devices.stations import mark_lines, stations_of
from smartcity.domain.topics import TopicKind, topic_for
from smartcity.form_fields import choices_of
from smartcity.models import Device, Series
from smartcity.models.device import DEVICE_KINDS
from smartcity.series.charts import Threshold, chart, chart_words, table_rows
from smartcity.series.history import RANGES, history


def chosen_series(device: Device) -> Series | None:
    """Return the series asked for by ``prop=…``, else the first, else None."""
    prop = arguments.text_arg("prop", 60)
    named = [row for row in device.series if row.prop == prop]
    return next(iter(named or device.series), None)


def past(
    session: Session, device: Device, series: Series | None, span: str, at: datetime
) -> dict[str, Any]:
    """Return the chart of a series over a range that ends now, with its table and its gaps."""
    if series is None:
        return {"chart": None, "gaps": []}
    start = at - RANGES[span]
    points = history(session, series.id, start, at)
    lines = (
        mark_lines(device) if device.kind == "river_gauge" else _rule_lines(session, device, series)
    )
    picture = chart(points, start, at, lines)
    longest = timedelta(seconds=device.expected_interval_s * queries.SILENT_AFTER_INTERVALS)
    return {
        "chart": picture,
        "chart_rows": table_rows(points),
        "chart_words": chart_words(picture, points, series.unit),
        "gaps": queries.gaps(session, series.id, start, longest),
    }


def _rule_lines(session: Session, device: Device, series: Series) -> list[Threshold]:
    return [
        Threshold(rule.raise_at, rule.name, rule.severity)
        for rule in rules_for_device(session, device)
        if rule.kind == "threshold" and rule.prop == series.prop and rule.raise_at is not None
    ]


DEFAULT_RANGE: Final = "24h"


@bp.get("/devices")
@requires("device.view")
def devices() -> str:
    """List devices, grouped by unit."""
    session, actor, at = read_session(), current_actor(), now()
    scope = actor.scope_for("device.view")
    wanted = _filter(session, actor)
    page = arguments.page_arg()
    found = queries.devices(session, scope, wanted, at, offset=(page - 1) * PAGE, limit=PAGE + 1)
    before, after = arguments.pages(len(found), PAGE)
    by_kind, by_status = queries.device_counts(session, scope, wanted, at)
    groups = [(unit, list(rows)) for unit, rows in groupby(found[:PAGE], lambda d: d.unit)]
    return render_template(
        "smartcity/devices.html",
        groups=groups,
        shown=len(found[:PAGE]),
        wanted=wanted,
        kind_filters=_kind_filters(by_kind, wanted),
        status_filters=_status_filters(by_status, wanted),
        unit_choices=arguments.unit_choices(scope, heads_only=True),
        status_of=lambda device: device_status(device, at),
        previous_url=before,
        next_url=after,
    )


def _filter(session: Session, actor: Actor) -> DeviceFilter:
    kind, status = arguments.text_arg("kind"), arguments.text_arg("status")
    return DeviceFilter(
        kind=kind if kind in DEVICE_KINDS else "",
        status=status if status in STATUSES else "",
        unit=arguments.unit_arg(session, actor.scope_for("device.view")),
        text=arguments.text_arg("q"),
    )


def _kind_filters(counts: dict[str, int], wanted: DeviceFilter) -> list[dict[str, Any]]:
    return [
        {
            "label": word,
            "url": arguments.here(kind=None if kind == wanted.kind else kind),
            "current": kind == wanted.kind,
            "count": counts.get(kind, 0),
            **DEVICE_KIND_ICONS[kind],
        }
        for kind, word in DEVICE_KIND_WORDS.items()
        if counts.get(kind) or kind == wanted.kind
    ]


def _status_filters(counts: dict[str, int], wanted: DeviceFilter) -> list[dict[str, Any]]:
    return [
        {
            "state": status,
            "url": arguments.here(status=None if status == wanted.status else status),
            "current": status == wanted.status,
            "count": counts.get(status, 0),
        }
        for status in STATUSES
        if counts.get(status) or status == wanted.status
    ]


@bp.get("/devices/<code>")
@requires("device.view")
def device_page(code: str) -> str:
    """Show one device: who it is, what it says now, its past, its alerts."""
    return _device_page(code, None)


def _device_page(code: str, marks_form: MarksForm | None) -> str:
    session, actor, at = read_session(), current_actor(), now()
    device = _visible(session, actor, code)
    chosen = arguments.text_arg("range", 4)
    span = chosen if chosen in RANGES else DEFAULT_RANGE
    series = chosen_series(device)
    is_river = device.kind == "river_gauge"
    return render_template(
        "smartcity/device.html",
        device=device,
        status=device_status(device, at),
        station=stations_of(session, [device], at)[0] if is_river else None,
        series=series,
        span=span,
        ranges=list(RANGES),
        range_url=lambda name: arguments.here(range=None if name == DEFAULT_RANGE else name),
        readings=queries.last_readings(session, device.id),
        alerts=alerts_of_device(session, device.id),
        rules=rules_for_device(session, device),
        topics=[topic_for(device.unit.code, device.code, kind) for kind in TopicKind],
        can_manage=actor.can_at("device.manage", device.unit),
        marks_form=marks_form or _marks_form(device),
        **past(session, device, series, span, at),
    )


def _visible(session: Session, actor: Actor, code: str) -> Device:
    device = queries.device_by_code(session, code)
    if device is None:
        raise NotFound("")
    actor.require("device.view", device.unit)
    return device


def _marks_form(device: Device) -> MarksForm:
    row = device.marks
    values = {name: _typed(getattr(row, name)) for name in ("bd1", "bd2", "bd3")} if row else {}
    basis = row.basis if row else ""
    return MarksForm(data={**values, "basis": basis, "version": device.version})


def _typed(value: float | None) -> str:
    return "" if value is None else f"{value:g}".replace(".", ",")


@bp.get("/devices/new")
@requires("device.manage")
def new_device() -> str:
    """Show the empty form of a device."""
    form = DeviceForm(data={"expected_interval_s": 600, "unit": arguments.text_arg("unit", 20)})
    return _form_page(form, None, [])


@bp.post("/devices/new")
@requires("device.manage")
def register_device() -> ResponseReturnValue:
    """Create a device from the form."""
    form, actor = DeviceForm(request.form), current_actor()

    def act(session: Session) -> str:
        return services.register_device(session, actor, form.values).code

    extra: list[tuple[str, str]] = []
    try:
        code, extra = keep_form(form, act)
        if code:
            flash(_("Đã thêm thiết bị %(code)s", code=code), "success")
            return redirect(url_for("smartcity.device_page", code=code))
    except Conflict as taken:
        form.code.errors = [taken.message]
    return make_response(_form_page(form, None, extra), 422)


def _form_page(form: DeviceForm, device: Device | None, extra: list[tuple[str, str]]) -> str:
    form.unit.choices = _unit_choices()
    return render_template("smartcity/device_form.html", form=form, device=device, extra=extra)


def _unit_choices() -> list[SelectChoice]:
    return choices_of(arguments.unit_choices(current_actor().scope_for("device.manage")))


@bp.get("/devices/<code>/edit")
@requires("device.manage")
def edit_device_page(code: str) -> str:
    """Show the filled form of a device."""
    session, actor = read_session(), current_actor()
    device = _visible(session, actor, code)
    actor.require("device.manage", device.unit)
    return _form_page(_filled(device), device, [])


def _filled(device: Device) -> DeviceForm:
    typed = {"unit": device.unit.code, "lat": _typed(device.lat), "lon": _typed(device.lon)}
    values = {**services.device_values(device), **typed, "version": device.version}
    return DeviceForm(data=values)


@bp.post("/devices/<code>/edit")
@requires("device.manage")
def edit_device(code: str) -> ResponseReturnValue:
    """Save the form of a device."""
    form, actor = DeviceForm(request.form, data={"code": code}), current_actor()

    def act(session: Session) -> str:
        return services.edit_device(session, actor, code, form.values, form.seen).code

    kept, extra = keep_form(form, act, present=lambda: _present(code))
    if kept:
        flash(_("Đã lưu thiết bị %(code)s", code=code), "success")
        return redirect(url_for("smartcity.device_page", code=code))
    device = _visible(read_session(), current_actor(), code)
    return make_response(_form_page(form, device, extra), form.refusal)


def _present(code: str) -> Kept:
    form = _filled(_visible(read_session(), current_actor(), code))
    form.unit.choices = _unit_choices()
    return Kept(form, *_kept_at(code))


def _kept_at(code: str) -> tuple[str, Saved | None]:
    saved = last_saved(read_session(), "smartcity:device", code)
    return url_for("smartcity.device_page", code=code), saved


@bp.post("/devices/<code>/marks")
@requires("device.manage")
def set_marks(code: str) -> ResponseReturnValue:
    """Save the alarm marks of a station."""
    form, actor = MarksForm(request.form), current_actor()

    def act(session: Session) -> str:
        return services.set_marks(
            session, actor, code, form.marks, form.basis.data or "", form.seen
        ).code

    kept, _homeless = keep_form(form, act, present=lambda: _present_marks(code))
    if kept:
        flash(_("Đã lưu mức báo động của %(code)s", code=code), "success")
        return redirect(url_for("smartcity.device_page", code=code) + "#marks")
    return make_response(_device_page(code, form), form.refusal)


def _present_marks(code: str) -> Kept:
    form = _marks_form(_visible(read_session(), current_actor(), code))
    return Kept(form, *_kept_at(code))


@bp.post("/devices/<code>/active")
@requires("device.manage")
def activate_device(code: str) -> ResponseReturnValue:
    """Take a device into service or retire it."""
    is_active = request.form.get("active") == "1"
    actor = current_actor()
    in_transaction(lambda session: services.activate_device(session, actor, code, is_active))
    word = _("Đã đưa vào dùng") if is_active else _("Đã ngừng dùng")
    flash(f"{word} {code}", "success")
    return redirect(url_for("smartcity.device_page", code=code))
