"""Drills and load: devices that do not exist, speaking through MQTT like those that do."""
