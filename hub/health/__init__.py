"""How the whole is: ``/healthz`` (this process lives), ``/readyz`` (everything it needs is
there) and ``/metrics`` (Prometheus)."""

from hub.health.probes import register
from hub.health.readings import Check, Reading

__all__ = ["Check", "Reading", "register"]
