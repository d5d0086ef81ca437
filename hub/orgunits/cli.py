"""What ``hub units`` and ``hub seed units`` do, without the command line around it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from hub.clock import local, now
from hub.orgunits.reform import apply_reform
from hub.orgunits.seed import load_units


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many units were touched, for a sentence on the terminal."""

    new: int
    changed: int
    same: int


def run_import(session: Session, path: Path, valid_from: date | None = None) -> Outcome:
    """Bring a CSV file of units into the set in force, all of it or nothing.

    Raises:
        Invalid: ``errors`` names every wrong line.
    """
    plan = load_units(session, path, valid_from or local(now()).date())
    return Outcome(len(plan.new), len(plan.changed), plan.same)


def run_reform(session: Session, on: date) -> Outcome:
    """Apply the succession of 2025 on a day.

    Raises:
        Invalid: the day is in the future.
        Conflict: the set of 2020 is not in force on that day.
    """
    mapping = apply_reform(session, on)
    return Outcome(len({unit.id for unit in mapping.values()}), len(mapping), 0)
