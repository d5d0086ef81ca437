"""Who did what, where and when; append-only."""

from hub.audit.services import record_audit

__all__ = ["record_audit"]
