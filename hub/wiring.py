"""The one place where the halves meet: ports are filled and features registered here."""

from flask import Flask

import conferencing.api
import conferencing.models  # noqa: F401 - every process knows every table
import hub.api.resources  # noqa: F401
import smartcity.api
import smartcity.models  # noqa: F401
from hub import health
from hub.accounts.viewers import ancestors, identify_viewer, recheck_viewer, viewer_actor
from hub.live import LiveHub, init_live
from smartcity.queries.operations import operations_snapshot
from smartcity.queries.operations_alerts import entry_views
from smartcity.queries.operations_series import latest_values
from smartcity.queries.readiness import ingest_readings


def wire(app: Flask) -> None:
    """Register the features of both halves and connect their ports."""
    _connect_live(app)
    health.register(app, [ingest_readings])


def _connect_live(app: Flask) -> None:
    init_live(
        app,
        LiveHub(
            identify=identify_viewer,
            recheck=recheck_viewer,
            ancestors=ancestors,
            snapshot=lambda session, viewer: operations_snapshot(
                session, viewer_actor(session, viewer)
            ),
            latest=latest_values,
            views=entry_views,
        ),
    )
