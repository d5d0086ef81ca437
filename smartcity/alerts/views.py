"""Alerts: the list worst first, the page of one, and what people do to them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from flask import (
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, current_actor, requires
from hub.clock import now
from hub.db import in_transaction, read_session
from hub.errors import Conflict, Invalid, NotFound
from smartcity import arguments
from smartcity.alerts import queries, services
from smartcity.alerts.actions import ACTIONS, AlertAction, Said
from smartcity.alerts.area import area_of
from smartcity.alerts.queries import PAGE, VIEWS, AlertFilter
from smartcity.alerts.summaries import acknowledge_by, alert_summary
from smartcity.blueprint import bp
from smartcity.devices.stations import mark_lines, stations_of
from smartcity.domain.severity import SEVERITY_ORDER, Severity
from smartcity.models import Alert, Series
from smartcity.series.charts import Threshold, chart, chart_words, table_rows
from smartcity.series.history import evenly, histories, history

SPARK_STEPS: Final = 24
DAY: Final = timedelta(hours=24)


def sparklines(session: Session, alerts: Sequence[Alert]) -> dict[int, list[float | None]]:
    """Return the last 24 hours of each alert's value as 24 numbers, by alert id."""
    pairs = {(alert.device_id, alert.prop) for alert in alerts if alert.prop}
    rows = session.scalars(
        select(Series).where(Series.device_id.in_({device_id for device_id, _prop in pairs}))
    )
    by_pair = {(row.device_id, row.prop): row.id for row in rows}
    end = now()
    ids = [by_pair[pair] for pair in pairs if pair in by_pair]
    found = histories(session, ids, end - DAY, end, SPARK_STEPS)
    return {
        alert.id: evenly(found.get(series_id, []), end - DAY, end, SPARK_STEPS)
        for alert in alerts
        if (series_id := by_pair.get((alert.device_id, alert.prop))) is not None
    }


def detail_context(session: Session, alert: Alert) -> dict[str, Any]:
    """Return chart, station, area and deadlines of one alert's page."""
    start, end = chart_range(alert)
    series = _series(session, alert)
    points = history(session, series.id, start, end) if series else []
    picture = chart(points, start, end, thresholds_of(alert), _moments(alert))
    is_river = alert.device.kind == "river_gauge"
    station = stations_of(session, [alert.device], now())[0] if is_river else None
    return {
        "series": series,
        "chart": picture,
        "chart_rows": table_rows(points),
        "station": station,
        "area": area_of(session, alert),
        "due_at": acknowledge_by(alert),
        "chart_words": chart_words(picture, points, alert.value_unit),
    }


def chart_range(alert: Alert) -> tuple[datetime, datetime]:
    """Return the 24 hours that show the alert best: ending now, or just after it ended."""
    end = alert.closed_at or alert.returned_at
    latest = min(now(), end + DAY / 4) if end else now()
    return latest - DAY, latest


def _series(session: Session, alert: Alert) -> Series | None:
    query = select(Series).where(Series.device_id == alert.device_id, Series.prop == alert.prop)
    return session.scalars(query).one_or_none() if alert.prop else None


def thresholds_of(alert: Alert) -> list[Threshold]:
    """Return the lines to draw: a station's marks, else the alert's own threshold."""
    if alert.kind == "alarm_mark":
        return mark_lines(alert.device)
    if alert.threshold is None:
        return []
    tone = alert.severity if alert.severity in set(Severity) else "critical"
    return [Threshold(alert.threshold, _("ngưỡng"), tone)]


def _moments(alert: Alert) -> list[tuple[datetime, str]]:
    moments = [(alert.raised_at, _("phát"))]
    if alert.acknowledged_at is not None:
        moments.append((alert.acknowledged_at, _("tiếp nhận")))
    if alert.returned_at is not None:
        moments.append((alert.returned_at, _("hết")))
    return moments


VIEW_WORDS: Final = {
    "open": _l("Đang mở"),
    "unowned": _l("Chưa tiếp nhận"),
    "mine": _l("Của tôi"),
    "shelved": _l("Tạm gác"),
    "returned": _l("Đã hết"),
    "closed": _l("Đã đóng"),
}
SHELVE_MIN: Final = (15, 60, 240, 1440)


@bp.get("/alerts")
@requires("alert.view")
def alerts() -> str:
    """List alerts; everything that narrows the list is in the address."""
    session, actor = read_session(), current_actor()
    scope = actor.scope_for("alert.view")
    wanted = _filter(session, actor)
    page = arguments.page_arg()
    found = queries.alerts(session, scope, wanted, offset=(page - 1) * PAGE, limit=PAGE + 1)
    before, after = arguments.pages(len(found), PAGE)
    shown = found[:PAGE]
    return render_template(
        "smartcity/alerts.html",
        alerts=shown,
        wanted=wanted,
        view_tabs=_view_tabs(session, actor, wanted),
        severity_filters=_severity_filters(session, actor, wanted),
        unit_choices=arguments.unit_choices(scope, heads_only=True),
        previous_url=before,
        next_url=after,
        newest=_newest_reading(session, actor) if not shown else None,
        **_card_context(session, actor, shown),
    )


def _filter(session: Session, actor: Actor) -> AlertFilter:
    view, severity = arguments.text_arg("view"), arguments.text_arg("severity")
    return AlertFilter(
        view=view if view in VIEWS else "open",
        severity=severity if severity in SEVERITY_ORDER else "",
        kind=arguments.text_arg("kind", 20),
        unit=arguments.unit_arg(session, actor.scope_for("alert.view")),
        text=arguments.text_arg("q"),
        assignee_id=actor.user_id,
    )


def _view_tabs(session: Session, actor: Actor, wanted: AlertFilter) -> list[dict[str, Any]]:
    counts = queries.counts_by_view(session, actor.scope_for("alert.view"), wanted)
    return [
        {
            "label": word,
            "url": arguments.here(view=None if view == "open" else view),
            "current": view == wanted.view,
            "count": counts.get(view),
        }
        for view, word in VIEW_WORDS.items()
    ]


def _severity_filters(session: Session, actor: Actor, wanted: AlertFilter) -> list[dict[str, Any]]:
    counts = queries.counts_by_severity(session, actor.scope_for("alert.view"), wanted)
    return [
        {
            "level": level,
            "url": arguments.here(severity=None if level == wanted.severity else level),
            "current": level == wanted.severity,
            "count": count,
        }
        for level, count in counts.items()
    ]


def _newest_reading(session: Session, actor: Actor) -> datetime | None:
    """When the newest number came: an empty list must not be read as a dead line."""
    return queries.newest_reading(session, actor.scope_for("alert.view"))


def _card_context(session: Session, actor: Actor, shown: Sequence[Alert]) -> dict[str, Any]:
    return {
        "sparks": sparklines(session, shown),
        "may_handle": actor.can("alert.handle"),
        "may_convene": actor.can("conference.convene"),
        "shelve_choices": SHELVE_MIN,
        "now": now,
    }


@bp.get("/alerts/<code>")
@requires("alert.view")
def alert_page(code: str) -> str:
    """Show one alert: what, where, since when, who holds it, and what was done."""
    return _alert_page(code, {})


def _alert_page(code: str, errors: dict[str, str]) -> str:
    session, actor = read_session(), current_actor()
    alert = _visible(session, actor, code)
    return render_template(
        "smartcity/alert.html",
        alert=alert,
        errors=errors,
        form=request.form,
        people=queries.people_who_handle(session, alert.unit),
        can_handle=actor.can_at("alert.handle", alert.unit),
        can_convene=actor.can_at("conference.convene", alert.unit),
        **_card_context(session, actor, [alert]),
        **detail_context(session, alert),
    )


def _visible(session: Session, actor: Actor, code: str) -> Alert:
    alert = queries.alert_by_code(session, code)
    if alert is None:
        raise NotFound("")
    actor.require("alert.view", alert.unit)
    return alert


def _perform(code: str, action: AlertAction) -> ResponseReturnValue:
    actor, said = current_actor(), _said()
    try:
        summary = in_transaction(
            lambda session: alert_summary(action.perform(session, actor, code, said))
        )
    except Conflict as refusal:
        return _refused(code, refusal)
    except Invalid as invalid:
        if arguments.wants_json():
            raise
        return make_response(_alert_page(code, arguments.by_field(invalid.errors)), 422)
    if arguments.wants_json():
        return jsonify(summary)
    if arguments.is_partial():
        return _card(code, "")
    flash(f"{action.done} {code}", "success")
    return redirect(arguments.back_to(url_for("smartcity.alert_page", code=code)))


def _refused(code: str, refusal: Conflict) -> ResponseReturnValue:
    if arguments.wants_json():
        raise refusal
    if arguments.is_partial():
        return make_response(_card(code, refusal.message), 409)
    return make_response(_alert_page(code, {"": refusal.message}), 409)


def _card(code: str, refusal: str) -> str:
    session, actor = read_session(), current_actor()
    alert = _visible(session, actor, code)
    context = _card_context(session, actor, [alert])
    return render_template("smartcity/_alert_card.html", alert=alert, refusal=refusal, **context)


def _said() -> Said:
    form = request.form
    severity = form.get("severity", "")
    return Said(
        note=form.get("note", ""),
        # The severity that stood on the page; a form without it says nothing.
        seen=Severity(severity) if severity in set(Severity) else None,
        # Without a person: to oneself.
        assignee_id=_number("assignee", 9) or current_actor().user_id or 0,
        until=now() + timedelta(minutes=_number("minutes", 5)),
    )


def _number(name: str, digits: int) -> int:
    raw = request.form.get(name, "")
    return int(raw) if raw.isdecimal() and len(raw) <= digits else 0


def _view(action: AlertAction) -> Callable[[str], ResponseReturnValue]:
    def view(code: str) -> ResponseReturnValue:
        return _perform(code, action)

    view.__name__, view.__doc__ = action.endpoint, action.description
    return view


for _action in ACTIONS:
    bp.post(f"/alerts/<code>/{_action.name}")(requires(services.CAPABILITY)(_view(_action)))
