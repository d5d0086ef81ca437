"""Rows under the districts they belong to, as long lists of sites show them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.models import OrgUnit
from hub.orgunits.queries import path_ids
from hub.text import sort_key

Row = TypeVar("Row")
# What fits a screen or two of a telephone needs no districts to be found in.
FEW: Final = 30


@dataclass(frozen=True, slots=True)
class District(Generic[Row]):
    """A unit of the second level and the rows below it; the top unit's own rows stand with it."""

    unit: OrgUnit
    rows: Sequence[Row]

    def count(self, test: Callable[[Row], bool]) -> int:
        """Return how many rows pass."""
        return sum(map(test, self.rows))


def district_id(path: str) -> int:
    """Return the id of the second level of a unit's path, whatever that level is called."""
    ids = path_ids(path)
    return ids[1] if len(ids) > 1 else ids[0]


def by_district(
    session: Session, rows: Iterable[Row], path_of: Callable[[Row], str]
) -> list[District[Row]]:
    """Return the rows by district, the top unit first; inside one they keep their order."""
    by_unit: dict[int, list[Row]] = {}
    for row in rows:
        by_unit.setdefault(district_id(path_of(row)), []).append(row)
    units = session.scalars(select(OrgUnit).where(OrgUnit.id.in_(by_unit))).all()
    ordered = sorted(units, key=lambda unit: (unit.depth, sort_key(unit.name)))
    return [District(unit, by_unit[unit.id]) for unit in ordered]
