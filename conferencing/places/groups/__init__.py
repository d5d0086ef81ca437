"""Saved selections of sites."""
