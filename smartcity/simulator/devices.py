"""The devices of the drill as typed data: the demo seeds them, the simulator speaks for them.

Alarm levels as derived in the project's sources from bulletins (scheme of decision
05/2020/QĐ-TTg); None is a level nobody could confirm. Places of cameras are assumed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from hub.orgunits.seed import UNITS_2020
from hub.orgunits.unit_file import read_unit_file

OWNER_HYDROMET: Final = "Đài Khí tượng Thủy văn tỉnh"
OWNER_PROVINCE: Final = "Trung tâm giám sát, điều hành"


@dataclass(frozen=True, slots=True)
class Property:
    """An observed property and its unit."""

    prop: str
    unit: str


@dataclass(frozen=True, slots=True)
class Marks:
    """BĐ1 to BĐ3 in metres with the evidence; None is unknown."""

    bd1: float | None
    bd2: float | None
    bd3: float | None
    basis: str
    record_note: str = ""


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """A device as `smartcity.models.Device` wants it."""

    code: str
    name: str
    kind: str
    unit_code: str
    properties: tuple[Property, ...]
    lat: float | None = None
    lon: float | None = None
    river: str = ""
    site_code: str = ""
    location_text: str = ""
    owner: str = OWNER_PROVINCE
    expected_interval_s: int = 300
    marks: Marks | None = None


@dataclass(frozen=True, slots=True)
class SitePlace:
    """A conference site as far as its power and line devices care."""

    code: str
    unit_code: str
    unit_name: str
    lat: float | None
    lon: float | None


_LEVEL: Final = (Property("water_level", "m"),)
_RAIN: Final = (Property("rainfall_24h", "mm"),)
_MAINS: Final = (Property("mains", ""),)
_LINK: Final = (Property("link", ""),)

STATIONS: Final = (
    DeviceSpec(
        "tram-le-thuy", "Lệ Thủy", "river_gauge", "19249", _LEVEL, 17.2241, 106.7898,
        river="Kiến Giang", owner=OWNER_HYDROMET,
        marks=Marks(1.2, 2.2, 2.7, "suy ra từ bản tin 2020 và 2025", "4,88 m (06:00 19/10/2020)"),
    ),
    DeviceSpec(
        "tram-mai-hoa", "Mai Hóa", "river_gauge", "18994", _LEVEL, 17.8394, 106.2110,
        river="Gianh", owner=OWNER_HYDROMET,
        marks=Marks(3.0, 5.0, 6.5, "suy ra từ bản tin 2017 và 2020", "8,51 m (13:00 19/10/2020)"),
    ),
    DeviceSpec(
        "tram-dong-hoi", "Đồng Hới", "river_gauge", "18868", _LEVEL, 17.4677, 106.6232,
        river="Nhật Lệ", owner=OWNER_HYDROMET,
        marks=Marks(
            None, None, 2.0, "BĐ3 suy ra từ bản tin 10/2024; BĐ1, BĐ2 chưa xác minh",
            "2,11 m (11:00 28/10/2024)",
        ),
    ),
    DeviceSpec(
        "tram-dong-tam", "Đồng Tâm", "river_gauge", "453", _LEVEL, 17.90, 106.02,
        river="Gianh", location_text="thượng nguồn sông Gianh, vị trí gần đúng",
        owner=OWNER_HYDROMET,
        marks=Marks(
            7.0, 12.0, 13.0, "suy ra từ bản tin 2016–2019, trước QĐ 05/2020, cần kiểm tra",
            "13,03 m (2016)",
        ),
    ),
)  # fmt: skip

RAIN_GAUGES: Final = (
    DeviceSpec(
        "mua-le-ninh", "Mưa Lệ Ninh", "rain_gauge", "19246", _RAIN, 17.2277, 106.6855,
        owner=OWNER_HYDROMET,
    ),
    DeviceSpec(
        "mua-truong-xuan", "Mưa Trường Xuân", "rain_gauge", "19228", _RAIN, 17.2871, 106.5702,
        owner=OWNER_HYDROMET,
    ),
)  # fmt: skip

CAMERAS: Final = (
    DeviceSpec(
        "cam-ql1a-cam-thuy", "Camera QL1A Cam Thủy", "camera", "19270", (), 17.2484, 106.8237,
        location_text="QL1A, vị trí giả định", expected_interval_s=3600,
    ),
    DeviceSpec(
        "cam-hcm-kim-thuy", "Camera đường HCM Kim Thủy", "camera", "19318", (), 17.0319, 106.7471,
        location_text="Đường Hồ Chí Minh, vị trí giả định", expected_interval_s=3600,
    ),
    DeviceSpec(
        "cam-cau-nhat-le", "Camera cầu Nhật Lệ", "camera", "18868", (), 17.4700, 106.6270,
        location_text="Cầu Nhật Lệ, vị trí giả định", expected_interval_s=3600,
    ),
)  # fmt: skip

FIELD_DEVICES: Final = STATIONS + RAIN_GAUGES + CAMERAS


def site_code(unit_code: str) -> str:
    """Code of the main conference site of a unit in the demo."""
    return f"DC-{unit_code}"


def power_code(site: str) -> str:
    """Device that watches the mains of a site; property `mains`, 1 or 0."""
    return f"nguon-{site}"


def line_code(site: str) -> str:
    """Device that watches the line of a site; property `link`, 1 or 0."""
    return f"duong-truyen-{site}"


@cache
def demo_sites() -> tuple[SitePlace, ...]:
    """The main site of every unit of the set of 2020."""
    return tuple(
        SitePlace(site_code(row.code), row.code, row.name, row.lat, row.lon)
        for row in read_unit_file(UNITS_2020.read_bytes()).rows
    )


def site_devices(sites: Iterable[SitePlace]) -> list[DeviceSpec]:
    """Two devices for each site: mains power and line."""
    return [spec for site in sites for spec in (_power(site), _line(site))]


def _power(site: SitePlace) -> DeviceSpec:
    return _at_site(site, power_code(site.code), "Nguồn điện", "site_power", _MAINS)


def _line(site: SitePlace) -> DeviceSpec:
    return _at_site(site, line_code(site.code), "Đường truyền", "site_line", _LINK)


def _at_site(
    site: SitePlace, code: str, what: str, kind: str, properties: tuple[Property, ...]
) -> DeviceSpec:
    return DeviceSpec(
        code,
        f"{what} {site.unit_name}",
        kind,
        site.unit_code,
        properties,
        site.lat,
        site.lon,
        site_code=site.code,
        expected_interval_s=120,
    )


def all_devices() -> list[DeviceSpec]:
    """Everything the demo seeds."""
    return [*FIELD_DEVICES, *site_devices(demo_sites())]
