"""Resources that belong to neither half; importing this declares their operations."""

from hub.api.resources import journal, units

__all__ = ["journal", "units"]
