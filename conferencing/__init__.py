"""Booking of conferences across the province, its districts and communes; iCalendar out."""
