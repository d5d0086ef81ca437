"""The reform of 2025 as data: Quảng Bình joins Quảng Trị, districts end, 41 communes begin."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import fmean

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access.models import OrgUnit
from hub.audit import record_audit
from hub.clock import local, now
from hub.errors import Conflict, FieldError, Invalid
from hub.orgunits.models import UnitSuccession
from hub.orgunits.paths import rebuild_paths
from hub.orgunits.queries import current_units
from hub.orgunits.repoint import repoint_all
from hub.orgunits.seed import DATA
from hub.text import fold

SUCCESSION_2025 = DATA / "succession_2025.csv"
DECREE_2025 = "202/2025/QH15"


@dataclass(frozen=True, slots=True)
class Succession:
    """One line of the file: which unit took over which."""

    old_code: str
    new_code: str
    new_name: str


def read_successions(path: Path = SUCCESSION_2025) -> list[Succession]:
    """Read the succession file; ``#`` begins a note."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return [Succession(row["old_code"], row["new_code"], row["new_name"]) for row in rows]


def apply_reform(session: Session, on: date) -> dict[int, OrgUnit]:
    """End the set of 2020 on a day and begin that of 2025; return old id -> new unit.

    Each unit maps to the one its own seat lies in. Sites, devices and roles follow through
    the steps registered with ``hub.orgunits.repoint``.

    Raises:
        Invalid: the day is in the future (run it on the day) or before the old set began.
        Conflict: the set of 2020 is not in force, for instance because it was ended before.
    """
    successions = read_successions()
    old = _set_in_force(session, on, successions)
    offices = [unit for unit in current_units(session, on) if unit.level == "office"]
    for unit in old.values():
        unit.valid_to = on
    new = _begin(session, on, successions, old)
    mapping = {old[line.old_code].id: new[line.new_code] for line in successions}
    _move_offices(offices, mapping)
    rebuild_paths(session, on)
    _keep_in_sight(old.values(), new.values())
    _record_successions(session, on, successions, old, new)
    steps = repoint_all(session, mapping)
    detail = {"old": len(old), "new": len(new), "steps": steps}
    record_audit(session, "hub:units:reformed", on.isoformat(), detail=detail)
    return mapping


def _set_in_force(
    session: Session, on: date, successions: Sequence[Succession]
) -> dict[str, OrgUnit]:
    if on > local(now()).date():
        message = _("Ngày áp dụng còn ở tương lai. Chạy lệnh này vào đúng ngày đó.")
        raise Invalid([FieldError("on", message)])
    units = {u.code: u for u in current_units(session, on) if u.level != "office"}
    # The new set reuses codes of the old one; only the old one has districts.
    wanted = {line.old_code for line in successions}
    if not wanted <= units.keys() or not any(u.level == "district" for u in units.values()):
        raise Conflict(_("Bộ đơn vị năm 2020 không có hiệu lực vào ngày này."))
    return {code: units[code] for code in wanted}


def _begin(
    session: Session, on: date, successions: Sequence[Succession], old: Mapping[str, OrgUnit]
) -> dict[str, OrgUnit]:
    heirs: dict[Succession, list[OrgUnit]] = defaultdict(list)
    for line in successions:
        unit = old[line.old_code]
        key = Succession("", line.new_code, line.new_name)
        # The point of a new commune is the middle of the communes it was made of.
        if unit.level != "district":
            heirs[key].append(unit)
    new = {key.new_code: _new_unit(key, before, on) for key, before in heirs.items()}
    session.add_all(new.values())
    session.flush()
    root = next(unit for unit in new.values() if unit.level == "province")
    for unit in new.values():
        unit.parent_id = None if unit is root else root.id
    return new


def _new_unit(line: Succession, before: Sequence[OrgUnit], on: date) -> OrgUnit:
    points = [(u.lat, u.lon) for u in before if u.lat is not None and u.lon is not None]
    return OrgUnit(
        code=line.new_code,
        level=before[0].level,
        name=line.new_name,
        name_fold=fold(line.new_name),
        lat=round(fmean(lat for lat, _lon in points), 4) if points else None,
        lon=round(fmean(lon for _lat, lon in points), 4) if points else None,
        valid_from=on,
        decree=DECREE_2025,
    )


def _keep_in_sight(old: Iterable[OrgUnit], new: Iterable[OrgUnit]) -> None:
    """Hang the old tree under the new root, or nobody could read the audit of its time."""
    root = next(unit for unit in new if unit.parent_id is None)
    for unit in old:
        unit.path = root.path + unit.path.removeprefix("/")


def _move_offices(offices: Sequence[OrgUnit], mapping: Mapping[int, OrgUnit]) -> None:
    """Offices are not abolished: they go on under the unit their parent became."""
    for office in offices:
        if heir := mapping.get(office.parent_id or 0):
            office.parent_id = heir.id


def _record_successions(
    session: Session,
    on: date,
    successions: Sequence[Succession],
    old: Mapping[str, OrgUnit],
    new: Mapping[str, OrgUnit],
) -> None:
    """Write who took over whom; a district has as heirs all that its communes became."""
    pairs: dict[tuple[int, int], str] = {}
    codes = {unit.id: unit.code for unit in old.values()}
    from_communes = [x for x in successions if old[x.old_code].level != "district"]
    shares = Counter(line.new_code for line in from_communes)
    for line in successions:
        before, after = old[line.old_code], new[line.new_code]
        pairs[before.id, after.id] = _kind(before, after, shares[line.new_code])
        district = codes.get(before.parent_id or 0)
        if district is not None and old[district].level == "district":
            pairs[old[district].id, after.id] = "abolish"
    session.add_all(
        UnitSuccession(old_unit_id=a, new_unit_id=b, kind=kind, effective_on=on)
        for (a, b), kind in pairs.items()
    )
    session.flush()


def _kind(before: OrgUnit, after: OrgUnit, share: int) -> str:
    if before.level == "district":
        return "abolish"
    if share > 1:
        return "merge"
    return "keep" if before.name == after.name else "rename"
