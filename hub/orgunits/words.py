"""Tiers in words. Only tiers that some unit of the day has are offered anywhere."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from hub.access.models import OrgUnit
from hub.orgunits.models import LEVELS

LABELS: dict[str, object] = {
    "province": _l("Tỉnh"),
    "district": _l("Huyện, thị xã, thành phố"),
    "commune": _l("Xã, phường, thị trấn"),
    "office": _l("Cơ quan"),
}
RANK = {level: rank for rank, level in enumerate(LEVELS)}


def level_label(level: str) -> object:
    """Return the word for a tier, the code itself for one we have no word for."""
    return LABELS.get(level, level)


def levels_of(units: Iterable[OrgUnit]) -> list[str]:
    """Return the tiers that occur, the widest first."""
    return sorted({unit.level for unit in units}, key=lambda level: RANK.get(level, len(RANK)))
