"""The small tree of errors the conferencing domain raises; every one is a ValueError."""


class ConferencingDomainError(ValueError):
    """Root of all domain errors; `code` is stable and may be translated by the edges."""

    code = "conferencing.invalid"


class IntervalError(ConferencingDomainError):
    """An interval is not usable."""

    code = "interval.invalid"


class NaiveTimeError(IntervalError):
    """A moment has no time zone."""

    code = "interval.naive"


class EmptyIntervalError(IntervalError):
    """An interval does not end after its start."""

    code = "interval.empty"


class RecurrenceError(ConferencingDomainError):
    """A recurrence rule cannot be used."""

    code = "recurrence.invalid"


class UnsupportedRuleError(RecurrenceError):
    """The rule uses a part or frequency that makes no sense for conferences."""

    code = "recurrence.unsupported"


class UnboundedRuleError(RecurrenceError):
    """The rule has neither COUNT nor UNTIL."""

    code = "recurrence.unbounded"


class TooManyOccurrencesError(RecurrenceError):
    """The rule yields more occurrences than allowed, or reaches past the horizon."""

    code = "recurrence.too_many"


class StartOutsideRuleError(RecurrenceError):
    """The first start is not an occurrence of its own rule; clients disagree on such series."""

    code = "recurrence.start_outside"


class NoOccurrenceError(RecurrenceError):
    """Nothing is left after the exceptions."""

    code = "recurrence.none_left"


class OverlappingOccurrencesError(RecurrenceError):
    """An occurrence is still running when the next one begins."""

    code = "recurrence.overlapping"
