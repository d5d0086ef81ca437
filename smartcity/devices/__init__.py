"""Devices: sensors and cameras of the registry."""
