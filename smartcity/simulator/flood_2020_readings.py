"""What was published about the flood of 18-20 October 2020 in Quảng Bình, and what we assume.

`OBSERVED` values stand in the sources named. Everything else only joins them up, so that a replay
has something to show in between, and is marked as such. All times are Vietnamese (UTC+7).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Final

VIETNAM: Final = timezone(timedelta(hours=7))


class Basis(StrEnum):
    """How sure a point is."""

    OBSERVED = "observed"
    """Published as measured."""
    INTERPOLATED = "interpolated"
    """Ours, placed between published facts about this station."""
    ASSUMED = "assumed"
    """Ours alone: nothing was published for this station and time."""


@dataclass(frozen=True, slots=True)
class Point:
    """One value at one instant; metres for levels, millimetres for rain."""

    at: datetime
    value: float
    basis: Basis
    source: str


def _october(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2020, 10, day, hour, minute, tzinfo=VIETNAM)


def _ours(day: int, hour: int, value: float, basis: Basis = Basis.INTERPOLATED) -> Point:
    return Point(_october(day, hour), value, basis, "Nhịp Cầu")


def _seen(day: int, hour: int, value: float, source: str) -> Point:
    return Point(_october(day, hour), value, Basis.OBSERVED, source)


# Published for 15/10 15:30: just above alarm level 1 (1.2 m). No figure for the rising limb of
# 18/10 was found, so its hours are ours.
LE_THUY: Final = (
    Point(_october(15, 15, 30), 1.25, Basis.INTERPOLATED, "bản tin 15/10: trên BĐ1"),
    _ours(17, 18, 1.55),
    _ours(18, 6, 2.05),
    _ours(18, 14, 2.70),
    _ours(18, 20, 4.05),
    _seen(19, 1, 4.79, "Thanh Niên 19/10/2020"),
    _seen(19, 6, 4.88, "Hà Tĩnh 24h 19/10/2020"),
    _seen(19, 7, 4.88, "PLO 19/10/2020"),
    _seen(19, 15, 4.70, "Hà Tĩnh 24h 19/10/2020"),
    Point(_october(20, 7), 4.40, Basis.INTERPOLATED, "dự báo, Hà Tĩnh 24h 19/10/2020"),
)
MAI_HOA: Final = (
    Point(_october(15, 15, 30), 3.20, Basis.INTERPOLATED, "bản tin 15/10: đang xuống"),
    _ours(17, 12, 2.60),
    _ours(18, 6, 3.40),
    _ours(18, 14, 4.85),
    _ours(18, 20, 6.35),
    _seen(19, 1, 7.36, "Thanh Niên 19/10/2020"),
    _seen(19, 7, 7.97, "PLO 19/10/2020"),
    _seen(19, 13, 8.51, "Hà Tĩnh 24h 19/10/2020"),
    _seen(19, 15, 8.40, "Hà Tĩnh 24h 19/10/2020"),
    Point(_october(20, 7), 7.60, Basis.INTERPOLATED, "dự báo, Hà Tĩnh 24h 19/10/2020"),
)
DONG_HOI: Final = (
    _ours(15, 15, 0.60, Basis.ASSUMED),
    _ours(18, 14, 1.10, Basis.ASSUMED),
    _ours(19, 8, 1.85, Basis.ASSUMED),
    _ours(20, 7, 1.50, Basis.ASSUMED),
)
DONG_TAM: Final = (
    _ours(15, 15, 5.80, Basis.ASSUMED),
    _ours(18, 14, 8.40, Basis.ASSUMED),
    _ours(19, 9, 12.40, Basis.ASSUMED),
    _ours(20, 7, 10.20, Basis.ASSUMED),
)
# Day totals of 18/10 as published, hours not stated: taken as fallen evenly over that day.
RAIN_LE_NINH: Final = (
    _ours(18, 0, 0.0),
    Point(_october(19, 0), 248.0, Basis.OBSERVED, "Thanh Niên 18/10/2020"),
)
RAIN_TRUONG_XUAN: Final = (
    _ours(18, 0, 0.0),
    Point(_october(19, 0), 237.0, Basis.OBSERVED, "Thanh Niên 18/10/2020"),
)

CURVES: Final = {
    ("tram-le-thuy", "water_level"): LE_THUY,
    ("tram-mai-hoa", "water_level"): MAI_HOA,
    ("tram-dong-hoi", "water_level"): DONG_HOI,
    ("tram-dong-tam", "water_level"): DONG_TAM,
    ("mua-le-ninh", "rainfall_24h"): RAIN_LE_NINH,
    ("mua-truong-xuan", "rainfall_24h"): RAIN_TRUONG_XUAN,
}


@dataclass(frozen=True, slots=True)
class SiteFailure:
    """Mains power or the line of a unit's site fails; the hour within the day is ours."""

    at: datetime
    unit_code: str
    what: str  # "mains" or "link"


def _failures(day: int, hour: int, what: str, minutes: dict[str, int]) -> tuple[SiteFailure, ...]:
    start = _october(day, hour)
    return tuple(
        SiteFailure(start + timedelta(minutes=after), code, what) for code, after in minutes.items()
    )


# Published without hours: An Thủy and Sơn Thủy deepest, also Lộc Thủy and Phong Thủy under water.
LINE_FAILURES: Final = _failures(
    18, 14, "link", {"19264": 20, "19276": 45, "19279": 80, "19267": 120}
)
# Published: all of Đồng Hới without power on the morning of 19/10.
POWER_FAILURES: Final = _failures(18, 15, "mains", {"19264": 0, "19276": 30}) + _failures(
    19,
    5,
    "mains",
    {"18874": 0, "18868": 5, "18856": 10, "18865": 15, "18859": 20, "18880": 25, "18877": 30},
)


@dataclass(frozen=True, slots=True)
class CameraSighting:
    """A camera recognises a flooded road; roads are published, places and hours are ours."""

    at: datetime
    camera: str
    label: str
    score: float
    zone: str


SIGHTINGS: Final = (
    CameraSighting(_october(18, 15), "cam-ql1a-cam-thuy", "flooded_road", 0.86, "QL1A"),
    CameraSighting(_october(18, 16), "cam-hcm-kim-thuy", "flooded_road", 0.81, "Đường HCM"),
    CameraSighting(_october(18, 18), "cam-ql1a-cam-thuy", "flooded_road", 0.94, "QL1A"),
    CameraSighting(_october(19, 6), "cam-cau-nhat-le", "flooded_road", 0.78, "Bờ sông Nhật Lệ"),
)
