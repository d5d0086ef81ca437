"""How the whole is: ``/healthz`` (this process lives), ``/readyz`` (everything it needs is
there) and ``/metrics`` (Prometheus)."""

from hub.health.readings import Check, Reading
from hub.health.web import register

__all__ = ["Check", "Reading", "register"]
