"""Foreign readers of iCalendar that judge what we write."""
