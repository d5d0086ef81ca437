"""What this half contributes: pages, resources, navigation, its part of the home page.

Importing a module named api declares its operations, one named views its pages.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

import smartcity.alerts.api
import smartcity.alerts.api_actions
import smartcity.alerts.views
import smartcity.devices.api
import smartcity.devices.api_detections
import smartcity.devices.api_observations
import smartcity.devices.views
import smartcity.emergency.api
import smartcity.emergency.views
import smartcity.models
import smartcity.operations.views
import smartcity.operations.words
import smartcity.quarantine.api
import smartcity.quarantine.views
import smartcity.rules.api
import smartcity.rules.views  # noqa: F401
from hub.contracts.half import Half, LiveSource
from hub.contracts.sites import SITE_CONDITIONS
from hub.search import add_search
from hub.ui.home import add_home_panels
from hub.ui.navigation import add_nav
from smartcity import demo, jobs
from smartcity.alerts.conditions import site_conditions
from smartcity.alerts.looks import ALERT_STATES
from smartcity.blueprint import bp
from smartcity.devices.looks import DEVICE_STATES
from smartcity.home import panels as home
from smartcity.operations.alerts import entry_views
from smartcity.operations.hearing import hearing
from smartcity.operations.queries import operations_snapshot
from smartcity.quarantine.readiness import ingest_readings, rule_readings, storing_readings
from smartcity.repointing import repoint_smartcity
from smartcity.series.queries import latest_values


def register(app: Flask) -> None:
    """Add the pages, navigation, home panels and search of this half."""
    app.register_blueprint(bp)
    add_nav(app, home.NAV)
    add_home_panels(app, home.PANELS)
    add_search(app, home.SEARCH)


HALF = Half(
    name="smartcity",
    label=_l("Giám sát"),
    register=register,
    repoint=repoint_smartcity,
    seed_demo=demo.seed,
    states={"alert": ALERT_STATES, "device": DEVICE_STATES},
    ticks=jobs.TICKS,
    journal_kinds=("alert.raised", "alert.changed", "device.changed"),
    checks=(ingest_readings, rule_readings, storing_readings),
    offers=((SITE_CONDITIONS, site_conditions),),
    live=LiveSource(
        snapshot=operations_snapshot,
        latest=latest_values,
        views=entry_views,
        pulse=lambda session: {"hearing": hearing(session)},
    ),
)
