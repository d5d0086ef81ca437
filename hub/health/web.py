"""The three addresses that machines watch; none of them tells anything about people."""

from collections.abc import Sequence

from flask import Blueprint, Flask, Response, current_app, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from hub.accounts import public
from hub.health import http_metrics, page
from hub.health.readings import EXTENSION, OWN, Check, take_readings
from hub.ui.navigation import add_nav

bp = Blueprint("health", __name__)


def register(app: Flask, checks: Sequence[Check] = ()) -> None:
    """Serves the addresses and the page; ``checks`` are those of the halves, after our own."""
    app.extensions[EXTENSION] = (*OWN, *checks)
    http_metrics.register(app)
    app.register_blueprint(bp)
    app.register_blueprint(page.bp)
    add_nav(app, [page.NAV])


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that this process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Say whether everything is there, and what is not."""
    readings = take_readings(current_app)
    is_ready = all(reading.is_well for reading in readings)
    checks = {r.name: {"ok": r.is_well, "detail": r.detail} for r in readings}
    return jsonify(ready=is_ready, checks=checks), 200 if is_ready else 503


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Give the readings and the counters of this process in the text format of Prometheus."""
    registry = CollectorRegistry()
    gauges: dict[str, Gauge] = {}
    for reading in take_readings(current_app):
        for name, value in {"hub_check_ok": float(reading.is_well), **reading.figures}.items():
            if name not in gauges:
                gauges[name] = Gauge(name, "See docs/operations.md", ["check"], registry=registry)
            gauges[name].labels(reading.name).set(value)
    counters: http_metrics.HttpMetrics = current_app.extensions[http_metrics.EXTENSION]
    text = generate_latest(registry) + generate_latest(counters.registry)
    return Response(text, content_type=CONTENT_TYPE_LATEST)
