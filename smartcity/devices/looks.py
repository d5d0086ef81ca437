"""How the kinds and states of a device look."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from hub.ui.states import Look
from smartcity.blueprint import bp

DEVICE_STATES: Final[dict[str, Look]] = {
    "online": Look(icon="circle-check", word=_l("Hoạt động"), tone="normal"),
    "offline": Look(icon="plug-x", word=_l("Mất kết nối"), tone="high"),
    "silent": Look(icon="circle-dashed", word=_l("Im lặng"), tone="unknown"),
    "quarantined": Look(icon="lock", word=_l("Chờ nhận diện"), tone="hold"),
    "retired": Look(icon="archive", word=_l("Ngừng dùng"), tone="quiet"),
    "unknown": Look(icon="circle-dashed", word=_l("Không rõ"), tone="unknown"),
}
DEVICE_KIND_WORDS: Final[Mapping[str, object]] = {
    "river_gauge": _l("Trạm thủy văn"),
    "rain_gauge": _l("Trạm mưa"),
    "camera": _l("Camera"),
    "site_power": _l("Nguồn điện điểm cầu"),
    "site_line": _l("Đường truyền điểm cầu"),
    "air_quality": _l("Không khí"),
    "other": _l("Khác"),
}
DEVICE_KIND_ICONS: Final[Mapping[str, dict[str, str]]] = {
    "river_gauge": {"icon": "ripple"},
    "rain_gauge": {"icon": "cloud-rain"},
    "camera": {"icon": "device-cctv"},
    "site_power": {"icon": "bolt"},
    "site_line": {"icon": "wifi"},
    "air_quality": {"icon": "wind"},
    "other": {"icon": "circuit-resistor"},
}


@bp.app_context_processor
def _device_kinds() -> dict[str, object]:
    return {"device_kind_words": DEVICE_KIND_WORDS, "device_kind_icons": DEVICE_KIND_ICONS}
