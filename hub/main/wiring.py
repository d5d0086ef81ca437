"""Connects what the halves contribute to one application."""

from flask import Flask

import hub.api.resources  # noqa: F401 - importing it declares the hub's own resources
from hub import health
from hub.accounts.repointing import repoint_roles
from hub.accounts.viewers import (
    alive_sessions,
    ancestors,
    identify_viewer,
    recheck_viewer,
    viewer_actor,
)
from hub.contracts.half import LiveSource
from hub.http import LONG_FIELDS, SECRET_PATHS
from hub.journal import KINDS
from hub.live import LiveHub, init_live
from hub.main.installed import halves
from hub.orgunits import repoint
from hub.ui.navigation import add_group
from hub.ui.states import add_states


def wire(app: Flask) -> None:
    """Register the features of every half and connect what they offer each other."""
    repoint.register("accounts", repoint_roles)
    for half in halves():
        add_group(app, half.name, half.label)
        add_states(app, half.states)
        KINDS.add(app, half.journal_kinds)
        LONG_FIELDS.add(app, half.long_fields)
        SECRET_PATHS.add(app, half.secret_paths)
        half.register(app)
        repoint.register(half.name, half.repoint)
        for contract, answer in half.offers:
            contract.offer(app, answer)
        if half.live is not None:
            _connect_live(app, half.live)
    health.register(app, [check for half in halves() for check in half.checks])


def _connect_live(app: Flask, source: LiveSource) -> None:
    init_live(
        app,
        LiveHub(
            identify=identify_viewer,
            recheck=recheck_viewer,
            alive=alive_sessions,
            ancestors=ancestors,
            snapshot=lambda session, viewer: source.snapshot(
                session, viewer_actor(session, viewer)
            ),
            latest=source.latest,
            views=source.views,
            pulse=source.pulse,
        ),
    )
