"""How open alerts colour the map and the list of areas: pure folds over what is open now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from smartcity.domain.severity import Severity, rank

UNKNOWN: Final = "unknown"
NORMAL: Final = "normal"

_SHORT_WORDS: Final = (
    ("Thành phố ", "TP "),
    ("Thị xã ", "TX "),
    ("Thị trấn ", "TT "),
    ("Huyện ", "H. "),
    ("Tỉnh ", ""),
)
_BARE_WORDS: Final = ("Thành phố ", "Thị xã ", "Huyện ", "Tỉnh ")


@dataclass(slots=True)
class AreaCount:
    """Open alerts of one area by severity."""

    by_severity: dict[str, int] = field(default_factory=lambda: {s.value: 0 for s in Severity})

    @property
    def total(self) -> int:
        """All open alerts of the area."""
        return sum(self.by_severity.values())

    @property
    def worst(self) -> str:
        """The highest severity that is open, else ``normal``."""
        found = [s for s in Severity if self.by_severity[s.value]]
        return max(found, key=rank).value if found else NORMAL


def cell_levels(
    cells: Mapping[int, int], alerts: Iterable[tuple[int, str]], heard: Iterable[int]
) -> dict[int, str]:
    """Return the level each cell of the map shows.

    ``cells`` maps a cell's unit to its area's unit; ``alerts`` are (unit, severity) of what is
    open; an alert of the area lies on all its cells. ``heard`` are cells with a living source.
    """
    worst, known = _worst(alerts), set(heard)
    levels = {unit: _worst_of(unit, area, worst) for unit, area in cells.items()}
    return {
        unit: level if level is not None else (NORMAL if unit in known else UNKNOWN)
        for unit, level in levels.items()
    }


def _worst(alerts: Iterable[tuple[int, str]]) -> dict[int, Severity]:
    worst: dict[int, Severity] = {}
    for unit, level in alerts:
        severity = Severity(level)
        if unit not in worst or rank(severity) > rank(worst[unit]):
            worst[unit] = severity
    return worst


def _worst_of(unit: int, area: int, worst: Mapping[int, Severity]) -> str | None:
    found = [worst[place] for place in (unit, area) if place in worst]
    return max(found, key=rank).value if found else None


def short_name(name: str) -> str:
    """Abbreviate the tier word: Huyện Lệ Thủy is H. Lệ Thủy."""
    for word, short in _SHORT_WORDS:
        if name.startswith(word):
            return short + name[len(word) :]
    return name


def bare_name(name: str) -> str:
    """Leave the tier word out where the place on the map says it."""
    for word in _BARE_WORDS:
        if name.startswith(word):
            return name[len(word) :]
    return name
