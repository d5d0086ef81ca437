"""What can go wrong when a calendar object or its mail is built."""


class CalendarError(ValueError):
    """Root of the errors of this package."""


class CalendarBuildError(CalendarError):
    """A revision has values that cannot be written as iCalendar."""
