"""The three addresses that machines watch; none of them tells anything about people."""

import logging
from collections.abc import Sequence

from flask import Blueprint, Flask, Response, current_app, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from config import Settings
from hub.accounts import public
from hub.db import read_session
from hub.health.readings import OWN, Check, Reading

logger = logging.getLogger(__name__)

EXTENSION = "hub.health"
bp = Blueprint("health", __name__)


def register(app: Flask, checks: Sequence[Check] = ()) -> None:
    """Serves the addresses; ``checks`` are those of the halves, after our own."""
    app.extensions[EXTENSION] = (*OWN, *checks)
    app.register_blueprint(bp)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that this process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Say whether everything is there, and what is not."""
    readings = _readings()
    is_ready = all(reading.is_well for reading in readings)
    checks = {r.name: {"ok": r.is_well, "detail": r.detail} for r in readings}
    return jsonify(ready=is_ready, checks=checks), 200 if is_ready else 503


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Give the readings in the text format of Prometheus."""
    registry = CollectorRegistry()
    gauges: dict[str, Gauge] = {}
    for reading in _readings():
        for name, value in {"hub_check_ok": float(reading.is_well), **reading.figures}.items():
            if name not in gauges:
                gauges[name] = Gauge(name, "See docs/operations.md", ["check"], registry=registry)
            gauges[name].labels(reading.name).set(value)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _readings() -> list[Reading]:
    settings: Settings = current_app.extensions["hub.settings"]
    found: list[Reading] = []
    try:
        for check in current_app.extensions[EXTENSION]:
            found += check(read_session(), settings)
    except SQLAlchemyError:
        # Nothing can be said about the rest without the database.
        logger.exception("health check: the database does not answer")
        read_session().rollback()
        found.append(Reading("database", False, "does not answer"))
    return found
