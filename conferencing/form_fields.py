"""Form fields that several subjects use."""

from collections.abc import Sequence

from wtforms import SelectChoice

from hub.access.models import OrgUnit
from hub.orgunits.queries import unit_ref


def unit_choices(units: Sequence[OrgUnit]) -> list[SelectChoice]:
    """Give units as the options of a list."""
    return [SelectChoice(unit_ref(unit), unit.name) for unit in units]
