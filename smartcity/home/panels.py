"""What the smart-city half shows on the home page, in the navigation and in search."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.access.actor import Actor
from hub.clock import now
from hub.search import Hit, SearchProvider
from hub.ui.formats import datetime_vi
from hub.ui.home import HomePanel
from hub.ui.navigation import NavItem
from smartcity.alerts.queries import AlertFilter, alerts, counts_by_severity, open_count
from smartcity.devices.stations import stations
from smartcity.models import Alert, Device
from smartcity.quarantine.queries import quarantine_count

SHOWN_ALERTS: Final = 6
WATCHERS: Final = frozenset({"leader", "operator", "admin"})


def _count_open(session: Session, actor: Actor) -> int:
    return open_count(session, actor.scope_for("alert.view"))


def _count_quarantine(session: Session, actor: Actor) -> int:
    return quarantine_count(session, actor.scope_for("intake.view"))


NAV: Final = (
    NavItem(
        "smartcity", 10, _l("Cảnh báo"), icon="alert-triangle", endpoint="smartcity.alerts",
        capability="alert.view", phone=True, count=_count_open,
        also=("smartcity.alert_page", "smartcity.convene_check", "smartcity.convene"),
    ),
    NavItem(
        "smartcity", 20, _l("Điều hành"), icon="map-pin", endpoint="smartcity.operations",
        capability="operations.view", phone=True,
    ),
    NavItem(
        "smartcity", 30, _l("Thiết bị"), icon="gauge", endpoint="smartcity.devices",
        capability="device.view",
        also=(
            "smartcity.device_page", "smartcity.new_device", "smartcity.register_device",
            "smartcity.edit_device_page", "smartcity.edit_device", "smartcity.set_marks",
        ),
    ),
    NavItem(
        "smartcity", 40, _l("Quy tắc"), icon="adjustments", endpoint="smartcity.rules",
        capability="rule.view", also=("smartcity.rule_page", "smartcity.new_rule"),
    ),
    NavItem(
        "smartcity", 50, _l("Chờ nhận diện"), icon="lock", endpoint="smartcity.quarantine",
        capability="intake.view", count=_count_quarantine, also=("smartcity.quarantined_device",),
    ),
    NavItem(
        "smartcity", 60, _l("Bản tin hỏng"), icon="mailbox-off", endpoint="smartcity.dead_letters",
        capability="intake.view", also=("smartcity.dead_letter",),
    ),
)  # fmt: skip


def _wrong_now(session: Session, actor: Actor) -> Mapping[str, Any] | None:
    """For the leader: what is wrong now."""
    if not actor.roles & (WATCHERS - {"operator"}):
        return None
    scope = actor.scope_for("alert.view")
    return {
        "wrong_alerts": alerts(session, scope, AlertFilter(), limit=SHOWN_ALERTS),
        "wrong_counts": counts_by_severity(session, scope),
    }


def _queue(session: Session, actor: Actor) -> Mapping[str, Any] | None:
    """For the operator: alerts nobody holds, those held by oneself, devices to be identified."""
    if "operator" not in actor.roles:
        return None
    scope = actor.scope_for("alert.view")
    mine = AlertFilter(view="mine", assignee_id=actor.user_id)
    unowned = AlertFilter(view="unowned")
    return {
        "queue_unowned": alerts(session, scope, unowned, limit=SHOWN_ALERTS),
        "queue_mine": alerts(session, scope, mine, limit=SHOWN_ALERTS),
        "queue_counts": counts_by_severity(session, scope, unowned),
        "has_open": open_count(session, scope) > 0,
        "queue_quarantine": _count_quarantine(session, actor),
    }


def _rivers(session: Session, actor: Actor) -> Mapping[str, Any] | None:
    """For leader and operator: how the rivers stand."""
    if not actor.roles & WATCHERS:
        return None
    return {"river_stations": stations(session, actor.scope_for("alert.view"), now())}


def _strip(session: Session, actor: Actor) -> Mapping[str, Any] | None:
    """For everybody: one line when something urgent is open in their part of the province."""
    scope = actor.scope_for("alert.view")
    critical = alerts(session, scope, AlertFilter(severity="critical"), limit=1)
    if not critical or actor.roles & WATCHERS:
        return None
    count = counts_by_severity(session, scope)["critical"]
    text = ngettext(
        "%(num)s cảnh báo khẩn cấp: %(title)s", "%(num)s cảnh báo khẩn cấp, mới: %(title)s", count,
        title=critical[0].title,
    )  # fmt: skip
    link = {"label": _("Xem cảnh báo"), "url": url_for("smartcity.alerts", severity="critical")}
    return {"strips": [{"level": "critical", "text": text, "links": [link]}]}


# What is wrong stands above the day's conferences: who watches looks for ten seconds.
PANELS: Final = (
    HomePanel(4, "smartcity/_home_queue.html", "alert.handle", _queue),
    HomePanel(5, "smartcity/_home_wrong.html", "alert.view", _wrong_now),
    HomePanel(6, "smartcity/_home_rivers.html", "alert.view", _rivers, aside=True),
    HomePanel(1, "smartcity/_home_nothing.html", "alert.view", _strip),
)


def _find_alerts(session: Session, actor: Actor, words: str, limit: int) -> Sequence[Hit]:
    pattern = f"%{words}%"
    query = (
        select(Alert)
        .where(
            actor.scope_for("alert.view").clause(Alert.unit_id),
            or_(Alert.title_fold.like(pattern), func.lower(Alert.code).like(pattern)),
        )
        .order_by(Alert.id.desc())
        .limit(limit)
    )
    return [
        Hit(
            f"{alert.code} · {alert.title}",
            url_for("smartcity.alert_page", code=alert.code),
            f"{alert.unit.name} · {datetime_vi(alert.raised_at)}",
        )
        for alert in session.scalars(query).unique()
    ]


def _find_devices(session: Session, actor: Actor, words: str, limit: int) -> Sequence[Hit]:
    pattern = f"%{words}%"
    query = (
        select(Device)
        .where(
            actor.scope_for("device.view").clause(Device.unit_id),
            or_(Device.name_fold.like(pattern), func.lower(Device.code).like(pattern)),
        )
        .order_by(Device.name_fold)
        .limit(limit)
    )
    return [
        Hit(
            device.name,
            url_for("smartcity.device_page", code=device.code),
            f"{device.code} · {device.unit.name}",
        )
        for device in session.scalars(query).unique()
    ]


SEARCH: Final = (
    SearchProvider(
        40,
        _l("Cảnh báo"),
        icon="alert-triangle",
        capability="alert.view",
        find=_find_alerts,
    ),
    SearchProvider(50, _l("Thiết bị"), icon="gauge", capability="device.view", find=_find_devices),
)
