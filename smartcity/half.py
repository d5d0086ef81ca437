"""What this half contributes: pages, resources, navigation, its part of the home page.

Importing a module named api declares its operations.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

import smartcity.alerts.api
import smartcity.alerts.api_actions
import smartcity.devices.api
import smartcity.devices.api_detections
import smartcity.devices.api_observations
import smartcity.emergency.api
import smartcity.models
import smartcity.quarantine.api
import smartcity.rules.api  # noqa: F401
from hub.contracts.half import Half, LiveSource
from hub.contracts.sites import SITE_CONDITIONS
from hub.search import add_search
from hub.ui.blueprints import HalfBlueprint
from hub.ui.home import add_home_panels
from hub.ui.navigation import add_nav
from smartcity import demo, jobs, words
from smartcity.alerts import views as alerts
from smartcity.alerts.conditions import site_conditions
from smartcity.alerts.looks import ALERT_STATES
from smartcity.devices import views as devices
from smartcity.devices.looks import DEVICE_STATES
from smartcity.emergency import views as emergency
from smartcity.home import panels as home
from smartcity.operations import views as operations
from smartcity.operations.alerts import entry_views
from smartcity.operations.queries import operations_snapshot
from smartcity.quarantine import views as intake
from smartcity.quarantine.hearing import hearing
from smartcity.quarantine.readiness import ingest_readings, rule_readings
from smartcity.repointing import repoint_smartcity
from smartcity.rules import views as rules
from smartcity.series.queries import latest_values


def register(app: Flask) -> None:
    """Add the pages, navigation, home panels and search of this half."""
    bp = HalfBlueprint("smartcity", __name__)
    for part in (alerts, emergency, devices, rules, intake, words, operations):
        part.register(bp)
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
    checks=(ingest_readings, rule_readings),
    offers=((SITE_CONDITIONS, site_conditions),),
    live=LiveSource(
        snapshot=operations_snapshot,
        latest=latest_values,
        views=entry_views,
        pulse=lambda session: {"hearing": hearing(session)},
    ),
)
