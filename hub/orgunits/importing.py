"""Bringing a file of units into the set in force: first a plan, then all of it or nothing."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access.actor import Scope
from hub.access.models import OrgUnit
from hub.audit import record_audit
from hub.errors import FieldError, Invalid
from hub.orgunits.paths import rebuild_paths
from hub.orgunits.queries import current_units
from hub.orgunits.unit_file import LineFault, UnitFile, UnitRow
from hub.orgunits.words import RANK
from hub.text import fold


@dataclass(frozen=True, slots=True)
class Change:
    """A unit that exists and what the file says differently: field -> (before, after)."""

    row: UnitRow
    unit_id: int
    fields: Mapping[str, tuple[object, object]]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What applying a file would do on ``valid_from``; nothing is done while faults remain."""

    valid_from: date
    new: Sequence[UnitRow]
    changed: Sequence[Change]
    same: int
    untouched: int
    faults: Sequence[LineFault]

    @property
    def is_ready(self) -> bool:
        """Whether every line is right and there is something to do."""
        return not self.faults and bool(self.new or self.changed)

    def fingerprint(self) -> str:
        """Return a digest of what would be done, to prove that it is what was shown."""
        said = repr((self.valid_from, self.new, [(c.unit_id, c.fields) for c in self.changed]))
        return hashlib.sha256(said.encode()).hexdigest()


def plan_import(
    session: Session, file: UnitFile, valid_from: date, scope: Scope | None = None
) -> ImportPlan:
    """Compare a file with the units in force; ``scope`` limits what may be touched."""
    known = {unit.code: unit for unit in current_units(session, valid_from)}
    names = {unit.id: unit for unit in known.values()}
    in_file = {row.code: row for row in file.rows}
    faults = [*file.faults, *_parent_faults(file.rows, in_file, known)]
    faults += _scope_faults(file.rows, known, in_file, scope)
    new = [row for row in file.rows if row.code not in known]
    changed = [
        change
        for row in file.rows
        if (unit := known.get(row.code)) and (change := _difference(row, unit, names))
    ]
    return ImportPlan(
        valid_from=valid_from,
        new=tuple(new),
        changed=tuple(changed),
        same=len(file.rows) - len(new) - len(changed),
        untouched=len(known.keys() - in_file.keys()),
        faults=tuple(sorted(faults, key=lambda fault: fault.line)),
    )


def _difference(row: UnitRow, unit: OrgUnit, by_id: Mapping[int, OrgUnit]) -> Change | None:
    parent = by_id.get(unit.parent_id or 0)
    before_after: dict[str, tuple[object, object]] = {
        "level": (unit.level, row.level),
        "name": (unit.name, row.name),
        "parent_code": (parent.code if parent else "", row.parent_code),
    }
    # An empty cell means "not stated": it never wipes a point that someone placed.
    if row.lon is not None:
        before_after |= {"lon": (unit.lon, row.lon), "lat": (unit.lat, row.lat)}
    fields = {name: pair for name, pair in before_after.items() if pair[0] != pair[1]}
    return Change(row, unit.id, fields) if fields else None


def _parent_faults(
    rows: Sequence[UnitRow], in_file: Mapping[str, UnitRow], known: Mapping[str, OrgUnit]
) -> list[LineFault]:
    faults: list[LineFault] = []
    for row in rows:
        if not row.parent_code or row.level not in RANK:
            continue
        parent = in_file.get(row.parent_code) or known.get(row.parent_code)
        if parent is None:
            message = _("Không có đơn vị cấp trên mang mã %(code)s.", code=row.parent_code)
            faults.append(LineFault(row.line, "parent_code", message))
        elif RANK.get(parent.level, 0) >= RANK[row.level] and row.level != "office":
            message = _("“%(name)s” không ở cấp cao hơn.", name=parent.name)
            faults.append(LineFault(row.line, "parent_code", message))
    return faults


def _scope_faults(
    rows: Sequence[UnitRow],
    known: Mapping[str, OrgUnit],
    in_file: Mapping[str, UnitRow],
    scope: Scope | None,
) -> list[LineFault]:
    if scope is None:
        return []
    message = _("Nằm ngoài khu vực bạn quản trị.")
    return [
        LineFault(row.line, "code", message)
        for row in rows
        if not _inside(row, known, in_file, scope)
    ]


def _inside(
    row: UnitRow, known: Mapping[str, OrgUnit], in_file: Mapping[str, UnitRow], scope: Scope
) -> bool:
    """Whether the unit itself and the unit it is to be put under lie in the scope."""
    unit, parent = known.get(row.code), known.get(row.parent_code)
    if unit is not None and not scope.covers(unit):
        return False
    if parent is not None:
        # The root of the scope may stay where it is; anything else may not be moved out.
        return scope.covers(parent) or (unit is not None and unit.parent_id == parent.id)
    return unit is not None or row.parent_code in in_file


def apply_import(session: Session, plan: ImportPlan, valid_to: date | None = None) -> None:
    """Do what the plan says.

    Raises:
        Invalid: the plan has faults; ``errors`` names each line.
    """
    if plan.faults:
        raise Invalid([_as_error(fault) for fault in plan.faults])
    units = {unit.code: unit for unit in current_units(session, plan.valid_from)}
    for row in plan.new:
        units[row.code] = _add(session, row, plan.valid_from, valid_to)
    for change in plan.changed:
        _change(units[change.row.code], change)
    session.flush()
    for row in [*plan.new, *(change.row for change in plan.changed)]:
        units[row.code].parent_id = units[row.parent_code].id if row.parent_code else None
    rebuild_paths(session, plan.valid_from)
    counts = {"new": len(plan.new), "changed": len(plan.changed), "same": plan.same}
    record_audit(session, "hub:units:imported", str(plan.valid_from), detail=counts)


def _as_error(fault: LineFault) -> FieldError:
    where = _("dòng %(line)s", line=fault.line) if fault.line else _("tệp")
    return FieldError(fault.column or "file", f"{where}: {fault.message}")


def _add(session: Session, row: UnitRow, valid_from: date, valid_to: date | None) -> OrgUnit:
    unit = OrgUnit(
        code=row.code,
        level=row.level,
        name=row.name,
        name_fold=fold(row.name),
        lat=row.lat,
        lon=row.lon,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    session.add(unit)
    return unit


def _change(unit: OrgUnit, change: Change) -> None:
    row = change.row
    unit.level, unit.name, unit.name_fold = row.level, row.name, fold(row.name)
    if row.lon is not None:
        unit.lon, unit.lat = row.lon, row.lat
