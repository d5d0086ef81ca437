"""The units a new installation begins with: Quảng Bình as it was from 1 February 2020."""

from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.models import OrgUnit
from hub.orgunits.importing import ImportPlan, apply_import, plan_import
from hub.orgunits.unit_file import read_unit_file

DATA = Path(__file__).parent / "data"
UNITS_2020 = DATA / "units_quangbinh_2020.csv"
SET_OF_2020 = date(2020, 2, 1)
DECREE_2020 = "862/NQ-UBTVQH14"


def load_units(
    session: Session, path: Path, valid_from: date, valid_to: date | None = None
) -> ImportPlan:
    """Load a file of units as in force from a day; return what was new, changed or the same.

    Raises:
        Invalid: a line of the file is wrong; nothing is loaded.
    """
    plan = plan_import(session, read_unit_file(path.read_bytes()), valid_from)
    apply_import(session, plan, valid_to)
    return plan


def seed(session: Session) -> None:
    """Load the set of 2020 as the present one, unless there are units already."""
    if session.scalar(select(OrgUnit.id).limit(1)) is not None:
        return
    load_units(session, UNITS_2020, SET_OF_2020)
    for unit in session.scalars(select(OrgUnit)):
        unit.decree = DECREE_2020
    session.flush()
