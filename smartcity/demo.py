"""Demo data of this half: the devices of the drill and the rules that watch them.

Devices and marks are those the simulator speaks for; thresholds of rain follow the classes of
decision 18/2021/QĐ-TTg as far as our sources give them, the others are assumptions of the demo.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hub.access.models import OrgUnit
from hub.clock import now
from hub.orgunits.queries import current_units
from hub.text import fold
from smartcity.models import AlarmMarks, Device, Rule, Series
from smartcity.simulator.devices import DeviceSpec, all_devices

MARKS_BASIS: Final = "mức báo động của trạm (05/2020/QĐ-TTg)"
DEMO_BASIS: Final = "quy tắc trình diễn"


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A rule of the demo."""

    code: str
    name: str
    kind: str
    severity: str
    device_kind: str
    prop: str = ""
    direction: str = "above"
    raise_at: float | None = None
    clear_at: float | None = None
    mark: int | None = None
    hysteresis: float = 0.0
    hold_s: int = 0
    silence_s: int | None = None
    label: str = ""
    min_score: float | None = None
    basis: str = DEMO_BASIS


def _mark(mark: int, severity: str) -> RuleSpec:
    return RuleSpec(
        code=f"bd{mark}",
        name=f"Mực nước trên BĐ{mark}",
        kind="alarm_mark",
        severity=severity,
        device_kind="river_gauge",
        prop="water_level",
        mark=mark,
        hysteresis=0.05,
        basis=MARKS_BASIS,
    )


def _silence(kind: str, what: str, severity: str, silence_s: int) -> RuleSpec:
    return RuleSpec(
        code=f"im-lang-{kind.replace('_', '-')}",
        name=f"{what} im lặng",
        kind="absence",
        severity=severity,
        device_kind=kind,
        silence_s=silence_s,
    )


RULES: Final = (
    _mark(1, "medium"),
    _mark(2, "high"),
    _mark(3, "critical"),
    RuleSpec(
        "mua-24h-100", "Mưa 24 giờ trên 100 mm", "threshold", "high", "rain_gauge",
        "rainfall_24h", raise_at=100.0, clear_at=90.0,
    ),
    RuleSpec(
        "mua-24h-200", "Mưa 24 giờ trên 200 mm", "threshold", "critical", "rain_gauge",
        "rainfall_24h", raise_at=200.0, clear_at=190.0,
    ),
    RuleSpec(
        "mat-dien", "Mất điện điểm cầu", "threshold", "high", "site_power",
        "mains", "below", raise_at=0.5, clear_at=0.5,
    ),
    RuleSpec(
        "mat-duong-truyen", "Mất đường truyền điểm cầu", "threshold", "high", "site_line",
        "link", "below", raise_at=0.5, clear_at=0.5,
    ),
    RuleSpec(
        "ngap-duong", "Camera thấy đường ngập", "detection", "medium", "camera",
        label="flooded_road", min_score=0.5,
    ),
    _silence("river_gauge", "Trạm thủy văn", "high", 3600),
    _silence("rain_gauge", "Trạm mưa", "medium", 3600),
    _silence("site_power", "Cảm biến nguồn điểm cầu", "low", 7200),
    _silence("site_line", "Cảm biến đường truyền điểm cầu", "low", 7200),
    _silence("camera", "Camera", "medium", 4 * 3600),
)  # fmt: skip


def seed(session: Session) -> None:
    """Add the devices, marks, series and rules that are missing; units must be loaded first."""
    units = current_units(session)
    if not units:
        return
    by_code = _units_by_code(units)
    at = now()
    _seed_devices(session, by_code, at)
    _seed_rules(session, units[0], at)


def _units_by_code(units: list[OrgUnit]) -> dict[str, OrgUnit]:
    # The nearest to the root wins where two tiers share a code.
    return {unit.code: unit for unit in reversed(units)}


def _seed_devices(session: Session, units: dict[str, OrgUnit], at: datetime) -> None:
    known = set(session.scalars(select(Device.code)))
    specs = [s for s in all_devices() if s.code not in known and s.unit_code in units]
    if not specs:
        return
    rows = [_device_row(spec, units[spec.unit_code], at) for spec in specs]
    statement = insert(Device).returning(Device.id, sort_by_parameter_order=True)
    ids = session.scalars(statement, rows).all()
    pairs = list(zip(ids, specs, strict=True))
    series = [
        {"device_id": device_id, "prop": one.prop, "unit": one.unit, "is_drill": False}
        for device_id, spec in pairs
        for one in spec.properties
    ]
    marks = [
        {"device_id": device_id, **asdict(spec.marks)} for device_id, spec in pairs if spec.marks
    ]
    session.execute(insert(Series), series)
    if marks:
        session.execute(insert(AlarmMarks), marks)


def _device_row(spec: DeviceSpec, unit: OrgUnit, at: datetime) -> dict[str, Any]:
    return {
        "code": spec.code,
        "name": spec.name,
        "name_fold": fold(spec.name),
        "kind": spec.kind,
        "unit_id": unit.id,
        "site_code": spec.site_code,
        "river": spec.river,
        "location_text": spec.location_text,
        "owner": spec.owner,
        "lat": spec.lat,
        "lon": spec.lon,
        "is_active": True,
        "expected_interval_s": spec.expected_interval_s,
        "status": "unknown",
        "created_at": at,
        "updated_at": at,
    }


def _seed_rules(session: Session, root: OrgUnit, at: datetime) -> None:
    known = set(session.scalars(select(Rule.code)))
    rows = [
        {**asdict(spec), "unit_id": root.id, "is_active": True, "updated_at": at}
        for spec in RULES
        if spec.code not in known
    ]
    if rows:
        session.execute(insert(Rule), rows)
