"""From an alert to an emergency conference."""
