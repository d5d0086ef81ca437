"""What the sensors say about a conference site: does it have power, does its line stand?

Answers a question of the booking side, so codes go in and plain facts come out; no table is shared.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hub.clock import now
from hub.contracts.sites import SiteCondition
from hub.ui.formats import age_vi, time_vi
from smartcity.alerts.queries import OPEN_STATES
from smartcity.devices.queries import silent_before
from smartcity.models import Alert, Device, Series

POWER_KIND: Final = "site_power"
LINE_KIND: Final = "site_line"
MAINS: Final = "mains"
LINE: Final = "link"

_GRAVER_FIRST: Final = ("power_lost", "line_lost", "unknown", "ok")


def site_conditions(session: Session, site_codes: Sequence[str]) -> dict[str, SiteCondition]:
    """Return the condition of each of these sites; one without sensors is unknown."""
    query = (
        select(Device)
        .where(
            Device.is_active,
            Device.kind.in_((POWER_KIND, LINE_KIND)),
            Device.site_code.in_(site_codes),
        )
        .options(selectinload(Device.series))
    )
    devices = session.scalars(query).unique().all()
    began = _open_since(session, [device.id for device in devices])
    at = now()
    found = {code: SiteCondition(code, "unknown") for code in site_codes}
    seen: dict[str, list[SiteCondition]] = {}
    for device in devices:
        seen.setdefault(device.site_code, []).append(_condition(device, began, at))
    for code, conditions in seen.items():
        found[code] = min(conditions, key=lambda c: _GRAVER_FIRST.index(c.state))
    return found


def _open_since(session: Session, device_ids: Sequence[int]) -> dict[int, datetime]:
    query = select(Alert.device_id, Alert.raised_at).where(
        Alert.device_id.in_(device_ids), Alert.state.in_((*OPEN_STATES, "SHLVD"))
    )
    return dict(session.execute(query.order_by(Alert.raised_at.desc())).all())


def _condition(device: Device, began: dict[int, datetime], at: datetime) -> SiteCondition:
    code = device.site_code
    wanted = MAINS if device.kind == POWER_KIND else LINE
    series = next((row for row in device.series if row.prop == wanted), None)
    if series is None or series.latest_value is None or series.latest_observed_at is None:
        return SiteCondition(code, "unknown", None, _("chưa có số đo"))
    since = began.get(device.id, series.latest_observed_at)
    if series.latest_value < 1:
        return _lost(device, since)
    if device.status == "offline" or series.latest_observed_at < silent_before(device, at):
        return _silent(code, series)
    return SiteCondition(code, "ok", since)


def _lost(device: Device, since: datetime) -> SiteCondition:
    code = device.site_code
    if device.kind == POWER_KIND:
        return SiteCondition(
            code, "power_lost", since, _("mất điện từ %(time)s", time=time_vi(since))
        )
    return SiteCondition(
        code, "line_lost", since, _("mất đường truyền từ %(time)s", time=time_vi(since))
    )


def _silent(code: str, series: Series) -> SiteCondition:
    at = series.latest_observed_at
    return SiteCondition(code, "unknown", at, _("im lặng, số cuối %(age)s", age=age_vi(at)))


def site_codes_of_units(session: Session, unit_ids: Sequence[int]) -> dict[int, set[str]]:
    """Return the codes of the sites whose power or line is watched, by unit."""
    query = select(Device.unit_id, Device.site_code).where(
        Device.unit_id.in_(unit_ids), Device.site_code != "", Device.is_active
    )
    found: dict[int, set[str]] = {}
    for unit_id, code in session.execute(query):
        found.setdefault(unit_id, set()).add(code)
    return found


def unit_conditions(session: Session, unit_ids: Sequence[int]) -> dict[int, SiteCondition]:
    """Return the gravest condition among the sites of each unit."""
    codes = site_codes_of_units(session, unit_ids)
    every = sorted({code for found in codes.values() for code in found})
    conditions = site_conditions(session, every)
    return {
        unit_id: min(
            (conditions[code] for code in found), key=lambda c: _GRAVER_FIRST.index(c.state)
        )
        for unit_id, found in codes.items()
    }
