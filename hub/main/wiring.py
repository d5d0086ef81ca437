"""The one place where the halves meet: ports are filled and features registered here."""

from flask import Flask

import conferencing.half
import conferencing.models
import hub.api.resources  # noqa: F401
import smartcity.half
import smartcity.models
from conferencing import ports as conferencing_ports
from conferencing.repointing import repoint_conferencing
from hub import health
from hub.accounts.viewers import (
    alive_sessions,
    ancestors,
    identify_viewer,
    recheck_viewer,
    viewer_actor,
)
from hub.live import LiveHub, init_live
from hub.main import crossings
from hub.orgunits import repoint
from smartcity import ports as smartcity_ports
from smartcity.ingest.replay import replay_messages
from smartcity.operations.alerts import entry_views
from smartcity.operations.queries import operations_snapshot
from smartcity.quarantine.hearing import hearing
from smartcity.quarantine.readiness import ingest_readings, rule_readings
from smartcity.repointing import repoint_smartcity
from smartcity.series.queries import latest_values


def wire(app: Flask) -> None:
    """Register the features of both halves and connect their ports."""
    conferencing.half.register(app)
    smartcity.half.register(app)
    repoint.register("conferencing", repoint_conferencing)
    repoint.register("smartcity", repoint_smartcity)
    _fill_ports(app)
    _connect_live(app)
    health.register(app, [ingest_readings, rule_readings])


def _fill_ports(app: Flask) -> None:
    app.extensions[conferencing_ports.EXTENSION] = crossings.conditions_of_sites
    app.extensions[smartcity_ports.CONVENE] = crossings.convene_from_alert
    app.extensions[smartcity_ports.PREVIEW] = crossings.preview_for_alert
    app.extensions[smartcity_ports.CONFERENCES_TODAY] = crossings.conferences_of_day
    app.extensions[smartcity_ports.REACHABILITY] = crossings.reach_of_sites
    app.extensions[smartcity_ports.REPLAY] = replay_messages


def _connect_live(app: Flask) -> None:
    init_live(
        app,
        LiveHub(
            identify=identify_viewer,
            recheck=recheck_viewer,
            alive=alive_sessions,
            ancestors=ancestors,
            snapshot=lambda session, viewer: operations_snapshot(
                session, viewer_actor(session, viewer)
            ),
            latest=latest_values,
            views=entry_views,
            pulse=lambda session: {"hearing": hearing(session)},
        ),
    )
