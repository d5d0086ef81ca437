"""The three addresses that machines watch; none of them tells anything about people."""

from collections.abc import Sequence
from time import perf_counter

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from hub.access import public
from hub.health import views
from hub.health.readings import EXTENSION, OWN, Check, take_readings
from hub.ui.navigation import add_nav

HTTP_METRICS = "hub.health.http"
BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class HttpMetrics:
    """The counters of one web process; they begin at nought when it starts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.answers = Counter(
            "hub_http_requests",
            "Answers by route, method and status",
            ["route", "method", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "hub_http_request_seconds",
            "Time to answer by route",
            ["route"],
            buckets=BUCKETS_S,
            registry=self.registry,
        )


def register_metrics(app: Flask) -> None:
    """Count every answer of this process."""
    app.extensions[HTTP_METRICS] = HttpMetrics()
    # First of all hooks, so that the time of the others counts.
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request(_count)


def _begin() -> None:
    g.hub_request_began = perf_counter()


def _count(response: Response) -> Response:
    metrics: HttpMetrics = current_app.extensions[HTTP_METRICS]
    # The rule, not the path: a path would give every alert and every probe a series of its own.
    route = request.url_rule.rule if request.url_rule else "unknown"
    method = request.method if request.method in {"GET", "POST", "PUT", "PATCH", "DELETE"} else "-"
    metrics.answers.labels(route, method, str(response.status_code)).inc()
    if began := g.pop("hub_request_began", None):
        metrics.seconds.labels(route).observe(perf_counter() - began)
    return response


bp = Blueprint("health", __name__)


def register(app: Flask, checks: Sequence[Check] = ()) -> None:
    """Serves the addresses and the page; ``checks`` are those of the halves, after our own."""
    app.extensions[EXTENSION] = (*OWN, *checks)
    register_metrics(app)
    app.register_blueprint(bp)
    add_nav(app, [views.NAV])


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
    counters: HttpMetrics = current_app.extensions[HTTP_METRICS]
    text = generate_latest(registry) + generate_latest(counters.registry)
    return Response(text, content_type=CONTENT_TYPE_LATEST)
