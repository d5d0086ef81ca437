"""How values, properties and lengths of time are written."""

from collections.abc import Mapping
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hub.ui.formats import number_vi
from smartcity.blueprint import bp

PROPERTY_WORDS: Final[Mapping[str, object]] = {
    "water_level": _l("Mực nước"),
    "rainfall_1h": _l("Mưa 1 giờ"),
    "rainfall_24h": _l("Mưa 24 giờ"),
    "mains": _l("Điện lưới"),
    "link": _l("Đường truyền"),
    "battery": _l("Pin dự phòng"),
    "latency": _l("Độ trễ"),
    "loss": _l("Mất gói"),
    "pm25": _l("Bụi PM2.5"),
    "frame_rate": _l("Tốc độ khung hình"),
}
DECIMALS: Final[Mapping[str, int]] = {"m": 2, "mm": 0, "%": 0, "lm": 0}


@bp.app_template_filter()
def property_word(prop: str) -> str:
    """Return the name of a property, its code when nobody named it."""
    return str(PROPERTY_WORDS.get(prop, prop))


@bp.app_template_filter()
def quantity(value: float | None, unit: str = "") -> str:
    """Write "4,88 m" or "248 mm"; a switch (no unit, 0 or 1) as a plain number."""
    if value is None:
        return "–"
    return f"{number_vi(value, DECIMALS.get(unit))} {unit}".rstrip()


SWITCH_WORDS: Final[Mapping[str, tuple[object, object]]] = {
    "mains": (_l("mất điện"), _l("có điện")),
    "link": (_l("đứt"), _l("thông")),
}


@bp.app_template_filter()
def reading_word(value: float | None, prop: str, unit: str = "") -> str:
    """Write a reading: a switch in words ("mất điện"), anything else as a quantity."""
    if value is not None and prop in SWITCH_WORDS:
        return str(SWITCH_WORDS[prop][value >= 1])
    return quantity(value, unit)


@bp.app_template_test("switch")
def is_switch(prop: str) -> bool:
    """Whether the property only knows on and off, so that a threshold says nothing."""
    return prop in SWITCH_WORDS


@bp.app_template_filter()
def span_words(seconds: float) -> str:
    """Write a length of time: 45 giây, 12 phút, 3 giờ 52 phút, 2 ngày."""
    whole = int(seconds)
    if whole < 90:
        return _("%(n)s giây", n=whole)
    minutes = whole // 60
    if minutes < 60:
        return _("%(n)s phút", n=minutes)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return _("%(n)s ngày", n=hours // 24)
    return _("%(h)s giờ %(m)s phút", h=hours, m=rest) if rest else _("%(n)s giờ", n=hours)
