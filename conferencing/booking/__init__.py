"""Booking, changing, moving and cancelling a conference."""
