"""One measured figure beside the figure it is to reach."""

import statistics
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Row:
    """A figure measured one or more times; ``note`` says under what conditions."""

    name: str
    database: str
    value: float
    """The median of the runs."""
    unit: str
    target: float | None = None
    runs: int = 1
    note: str = ""
    better: Literal["higher", "lower"] = "lower"

    @property
    def reaches_target(self) -> bool | None:
        """Whether the target is reached; None when there is none."""
        if self.target is None:
            return None
        return self.value >= self.target if self.better == "higher" else self.value <= self.target


def median_row(
    name: str,
    database: str,
    values: list[float],
    unit: str,
    *,
    target: float | None = None,
    note: str = "",
    better: Literal["higher", "lower"] = "lower",
) -> Row:
    """Makes a row from several runs; the range goes into the note when there is one."""
    spread = f"{number(min(values))}-{number(max(values))}" if len(values) > 1 else ""
    words = "; ".join(part for part in (spread, note) if part)
    return Row(name, database, statistics.median(values), unit, target, len(values), words, better)


def number(value: float) -> str:
    """Writes a number with three figures that mean something, thousands grouped."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"
