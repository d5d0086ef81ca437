"""Words of stored codes: kinds of device and rule, verbs of steps, properties and reasons."""

from collections.abc import Mapping
from typing import Final

from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hub.ui.formats import number_vi

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
RULE_KIND_WORDS: Final[Mapping[str, object]] = {
    "threshold": _l("Vượt ngưỡng"),
    "alarm_mark": _l("Mức báo động sông"),
    "absence": _l("Im lặng"),
    "detection": _l("Nhận dạng từ camera"),
}
STEP_WORDS: Final[Mapping[str, object]] = {
    "raised": _l("Phát cảnh báo"),
    "repeated": _l("Lặp lại"),
    "escalated": _l("Tăng mức"),
    "lessened": _l("Giảm mức"),
    "cleared": _l("Đã trở lại bình thường"),
    "acknowledged": _l("Tiếp nhận"),
    "verified": _l("Xác minh"),
    "assigned": _l("Phân công"),
    "noted": _l("Ghi chú"),
    "shelved": _l("Tạm gác"),
    "unshelved": _l("Hết tạm gác"),
    "closed": _l("Đóng"),
    "convened": _l("Triệu tập họp khẩn"),
}
STEP_ICONS: Final[Mapping[str, dict[str, str]]] = {
    "raised": {"icon": "bell-ringing"},
    "escalated": {"icon": "arrow-up-right"},
    "lessened": {"icon": "arrow-down-right"},
    "cleared": {"icon": "arrow-back-up"},
    "acknowledged": {"icon": "check"},
    "verified": {"icon": "eye-check"},
    "assigned": {"icon": "user-check"},
    "noted": {"icon": "message"},
    "shelved": {"icon": "bell-off"},
    "unshelved": {"icon": "bell"},
    "closed": {"icon": "square-check"},
    "convened": {"icon": "video"},
}
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
CONDITION_LOOKS: Final[Mapping[str, dict[str, object]]] = {
    "ok": {"icon": "video", "word": _l("điện và đường truyền tốt"), "tone": "normal"},
    "power_lost": {"icon": "bolt-off", "word": _l("mất điện"), "tone": "critical"},
    "line_lost": {"icon": "wifi-off", "word": _l("mất đường truyền"), "tone": "high"},
    "unknown": {"icon": "circle-dashed", "word": _l("không rõ"), "tone": "unknown"},
}
DECIMALS: Final[Mapping[str, int]] = {"m": 2, "mm": 0, "%": 0, "lm": 0}


def property_word(prop: str) -> str:
    """Return the name of a property, its code when nobody named it."""
    return str(PROPERTY_WORDS.get(prop, prop))


def quantity(value: float | None, unit: str = "") -> str:
    """Write "4,88 m" or "248 mm"; a switch (no unit, 0 or 1) as a plain number."""
    if value is None:
        return "–"
    return f"{number_vi(value, DECIMALS.get(unit))} {unit}".rstrip()


SWITCH_WORDS: Final[Mapping[str, tuple[object, object]]] = {
    "mains": (_l("mất điện"), _l("có điện")),
    "link": (_l("đứt"), _l("thông")),
}


def reading_word(value: float | None, prop: str, unit: str = "") -> str:
    """Write a reading: a switch in words ("mất điện"), anything else as a quantity."""
    if value is not None and prop in SWITCH_WORDS:
        return str(SWITCH_WORDS[prop][value >= 1])
    return quantity(value, unit)


def is_switch(prop: str) -> bool:
    """Whether the property only knows on and off, so that a threshold says nothing."""
    return prop in SWITCH_WORDS


def reason_word(reason: str) -> str:
    """Return the reason of a dead letter as people read it; the code stays when unknown."""
    kind, _colon, _rest = reason.partition(":")
    word = (
        _decoder_word(kind)
        or _shape_word(kind)
        or {
            "unknown-device": _("Thiết bị chưa đăng ký"),
            "other-unit": _("Thiết bị đăng ký ở đơn vị khác"),
            "device-inactive": _("Thiết bị đã ngừng dùng"),
            "topic-wrong-number-of-levels": _("Chủ đề sai số cấp"),
            "topic-unknown-kind": _("Chủ đề sai loại bản tin"),
            "topic-foreign-prefix": _("Chủ đề lạ"),
            "too-many-series": _("Quá nhiều đại lượng"),
            "internal-error": _("Lỗi khi xử lý"),
            "not-storable": _("Không lưu được"),
        }.get(kind)
    )
    return word or reason


def reason_rest(reason: str) -> str:
    """Return what the reader added to the reason: a property, a place in the text."""
    return reason.partition(":")[2].strip()


def _decoder_word(kind: str) -> str | None:
    return {
        "not-json": _("Không phải JSON hợp lệ"),
        "not-utf8": _("Không phải chữ UTF-8"),
        "not-a-pack": _("Không phải gói SenML"),
        "not-a-number": _("Giá trị không phải số"),
        "number-not-finite": _("Giá trị không hữu hạn"),
        "number-out-of-range": _("Giá trị ngoài khoảng"),
        "bad-time": _("Thời điểm không đọc được"),
        "time-without-offset": _("Thời điểm thiếu múi giờ"),
        "clock-in-future": _("Đồng hồ thiết bị chạy trước"),
        "clock-before-2000": _("Đồng hồ thiết bị chưa đặt"),
        "empty": _("Bản tin rỗng"),
        "no-values": _("Không có giá trị nào"),
        "too-large": _("Bản tin quá lớn"),
        "too-deep": _("Bản tin lồng quá sâu"),
        "duplicate-key": _("Khóa lặp lại"),
        "unknown-status": _("Trạng thái lạ"),
    }.get(kind)


def _shape_word(kind: str) -> str | None:
    return {
        "ambiguous-name": _("Tên đại lượng không rõ ràng"),
        "bad-property-name": _("Tên đại lượng không hợp lệ"),
        "bad-text": _("Có chữ không hợp lệ"),
        "must-understand-field": _("Có trường bắt buộc chưa hỗ trợ"),
        "no-name": _("Thiếu tên đại lượng"),
        "not-a-boolean": _("Giá trị không phải đúng hoặc sai"),
        "not-an-object": _("Không phải đối tượng JSON"),
        "not-text": _("Giá trị không phải chữ"),
        "senml-version": _("Phiên bản SenML chưa hỗ trợ"),
        "several-values": _("Một bản ghi mang nhiều giá trị"),
        "too-many-properties": _("Quá nhiều đại lượng"),
    }.get(kind)


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


def register(bp: Blueprint) -> None:
    """Offer the words to the templates of the half."""
    bp.add_app_template_filter(quantity, "quantity")
    bp.add_app_template_filter(reading_word, "reading_word")
    bp.add_app_template_test(is_switch, "switch")
    bp.add_app_template_filter(property_word, "property_word")
    bp.add_app_template_filter(reason_word, "reason_word")
    bp.add_app_template_filter(reason_rest, "reason_rest")
    bp.add_app_template_filter(span_words, "span_words")
    bp.app_context_processor(
        lambda: {
            "device_kind_words": DEVICE_KIND_WORDS,
            "device_kind_icons": DEVICE_KIND_ICONS,
            "rule_kind_words": RULE_KIND_WORDS,
            "step_words": STEP_WORDS,
            "step_icons": STEP_ICONS,
            "condition_looks": CONDITION_LOOKS,
        }
    )
