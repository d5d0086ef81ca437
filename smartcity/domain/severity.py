"""How bad an alert is: a closed, ordered scale."""

from enum import StrEnum
from typing import Final, Literal, get_args


class Severity(StrEnum):
    """Lowest to highest; the colours of the operations view follow this order."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


_ORDER: Final = tuple(Severity)


def rank(severity: Severity) -> int:
    """Position on the scale, 0 is the lowest."""
    return _ORDER.index(severity)


def next_higher(severity: Severity) -> Severity:
    """One step up; the highest stays."""
    return _ORDER[min(rank(severity) + 1, len(_ORDER) - 1)]


# As programs and forms name it, the worst first.
SeverityName = Literal["critical", "high", "medium", "low"]
SEVERITY_ORDER: Final[tuple[SeverityName, ...]] = get_args(SeverityName)
