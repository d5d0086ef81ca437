"""Convening an emergency conference."""
