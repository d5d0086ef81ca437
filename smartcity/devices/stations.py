"""River stations in the bulletin's language: level, mark passed, trend, age."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from hub.access.actor import Scope
from hub.ui.formats import number_vi
from smartcity.devices.queries import silent_before
from smartcity.domain import flood
from smartcity.domain.flood import AlarmMarks, Course, FloodLevel, MarkOffset, Relation
from smartcity.models import Device, Series
from smartcity.series.charts import Threshold
from smartcity.series.history import recent

WATER_LEVEL: Final = "water_level"
TREND_REACH: Final = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Station:
    """A gauging station as it stands now; lengths in metres, trend in cm per hour."""

    device: Device
    series_id: int | None
    level: float | None
    observed_at: datetime | None
    is_stale: bool
    is_drill: bool
    marks: AlarmMarks
    mark_passed: int
    severity: str
    phrase: str
    trend: float | None
    course_phrase: str

    @property
    def missing_marks(self) -> list[int]:
        """Numbers of the marks nobody could confirm."""
        known = {number for number, _metres in self.marks.known()}
        return [number for number in (1, 2, 3) if number not in known]

    @property
    def missing_phrase(self) -> str:
        """Names the missing marks: "chưa có BĐ1, BĐ2"; empty when all are known."""
        names = ", ".join(f"BĐ{number}" for number in self.missing_marks)
        return _("chưa có %(marks)s", marks=names) if names else ""

    @property
    def top_m(self) -> float:
        """Upper end of the staff in metres: above the highest of marks and level."""
        heights = [metres for _number, metres in self.marks.known()]
        return max([*heights, self.level or 0.0, 1.0]) * 1.12

    @property
    def share(self) -> float:
        """The level as a part of the staff, 0 to 1."""
        return max(0.0, min(1.0, (self.level or 0.0) / self.top_m))

    @property
    def mark_shares(self) -> list[tuple[float, int]]:
        """The known marks as (part of the staff, number)."""
        return [(metres / self.top_m, number) for number, metres in self.marks.known()]


def marks_of(device: Device) -> AlarmMarks:
    """Return the marks of a station; all unknown without a row."""
    row = device.marks
    return AlarmMarks(row.bd1, row.bd2, row.bd3) if row else AlarmMarks(None, None, None)


def offset_phrase(offset: MarkOffset | None) -> str:
    """Say "trên BĐ3 2,18 m", "bằng BĐ2", or that no mark is known."""
    if offset is None:
        return _("chưa có ngưỡng")
    if offset.relation is Relation.AT:
        return _("bằng BĐ%(mark)s", mark=offset.mark)
    metres = number_vi(offset.metres, 2)
    if offset.relation is Relation.ABOVE:
        return _("trên BĐ%(mark)s %(metres)s m", mark=offset.mark, metres=metres)
    return _("dưới BĐ%(mark)s %(metres)s m", mark=offset.mark, metres=metres)


def course_phrase(trend: float | None, is_drill: bool = False) -> str:
    """Say "đang lên, +10 cm/giờ", "đứng, 0 cm/giờ" or that the trend is not known.

    A drill may play days in hours, so only its direction is said, never centimetres an hour.
    """
    course = flood.course_of(trend)
    if trend is None or course is None:
        return _("chưa rõ xu thế")
    if is_drill:
        words = {Course.RISING: _("đang lên"), Course.FALLING: _("đang xuống")}
        return words.get(course, _("đứng"))
    if course is Course.STEADY:
        return _("đứng, 0 cm/giờ")
    if course is Course.RISING:
        return _("đang lên, +%(cm)s cm/giờ", cm=number_vi(trend, 0))
    return _("đang xuống, −%(cm)s cm/giờ", cm=number_vi(-trend, 0))


def stations(session: Session, scope: Scope, now: datetime) -> list[Station]:
    """Return every active river station in the scope, worst first, then by name."""
    query = (
        select(Device)
        .where(Device.kind == "river_gauge", Device.is_active, scope.clause(Device.unit_id))
        .options(joinedload(Device.marks))
        .order_by(Device.code)
    )
    return stations_of(session, session.scalars(query).unique().all(), now)


def stations_of(session: Session, devices: Sequence[Device], now: datetime) -> list[Station]:
    """Return these devices as stations, worst first."""
    by_device = {
        row.device_id: row
        for row in session.scalars(
            select(Series).where(
                Series.prop == WATER_LEVEL, Series.device_id.in_([d.id for d in devices])
            )
        )
    }
    newest = [row.latest_observed_at for row in by_device.values() if row.latest_observed_at]
    # A station that has been silent for long has no trend worth reading its past for.
    since = (max(newest) if newest else now) - TREND_REACH
    fresh = [
        r.id for r in by_device.values() if r.latest_observed_at and r.latest_observed_at > since
    ]
    readings = recent(session, fresh, since - flood.TREND_WINDOW)
    found = [_station(device, by_device.get(device.id), readings, now) for device in devices]
    order = {"critical": 0, "high": 1, "medium": 2, "unknown": 3}
    return sorted(found, key=lambda station: (order.get(station.severity, 4), station.device.code))


def _station(
    device: Device,
    series: Series | None,
    readings: dict[int, list[tuple[datetime, float]]],
    now: datetime,
) -> Station:
    marks = marks_of(device)
    level = series.latest_value if series else None
    observed_at = series.latest_observed_at if series else None
    is_stale = observed_at is None or observed_at < silent_before(device, now)
    reached = FloodLevel.UNKNOWN if level is None else flood.level_reached(marks, level)
    severity = flood.severity_of(reached)
    is_drill = bool(series and series.is_drill)
    known = readings.get(series.id, []) if series else []
    trend = flood.trend_cm_per_hour(known, is_drill=is_drill)
    word = "normal" if reached is FloodLevel.NORMAL else "unknown"
    return Station(
        device=device,
        series_id=series.id if series else None,
        level=level,
        observed_at=observed_at,
        is_stale=is_stale,
        is_drill=is_drill,
        marks=marks,
        mark_passed=reached.value or 0,
        severity=severity.value if severity and not is_stale else ("unknown" if is_stale else word),
        phrase=offset_phrase(flood.offset_from_marks(marks, level))
        if level is not None
        else _("chưa có số đo"),
        trend=trend,
        course_phrase=course_phrase(trend, is_drill),
    )


def mark_lines(device: Device) -> list[Threshold]:
    """Return the known marks of a station as lines."""
    known = marks_of(device).known()
    return [Threshold(metres, f"BĐ{number}", f"bd{number}") for number, metres in known]
