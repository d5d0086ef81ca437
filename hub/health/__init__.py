"""How the whole is: ``/healthz`` (this process lives), ``/readyz`` (everything it needs is
there) and ``/metrics`` (Prometheus)."""

from hub.health.probes import register
from hub.health.readings import Check, HealthReading

__all__ = ["Check", "HealthReading", "register"]
