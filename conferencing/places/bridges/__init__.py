"""Bridges (MCU), whose ports the rooms share."""
