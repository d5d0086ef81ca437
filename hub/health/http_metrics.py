"""Counting answers and their time by route, for Prometheus. Addresses and people are not told."""

from time import perf_counter

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram

EXTENSION = "hub.health.http"
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


def register(app: Flask) -> None:
    """Count every answer of this process."""
    app.extensions[EXTENSION] = HttpMetrics()
    # First of all hooks, so that the time of the others counts.
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request(_count)


def _begin() -> None:
    g.hub_request_began = perf_counter()


def _count(response: Response) -> Response:
    metrics: HttpMetrics = current_app.extensions[EXTENSION]
    # The rule, not the path: a path would give every alert and every probe a series of its own.
    route = request.url_rule.rule if request.url_rule else "unknown"
    method = request.method if request.method in {"GET", "POST", "PUT", "PATCH", "DELETE"} else "-"
    metrics.answers.labels(route, method, str(response.status_code)).inc()
    if began := g.pop("hub_request_began", None):
        metrics.seconds.labels(route).observe(perf_counter() - began)
    return response
