"""How the states of an alert look, by their ISA-18.2 names as stored, its steps, and its site."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from hub.contracts.sites import CONDITION_LOOKS
from hub.ui.states import Look
from smartcity.blueprint import bp

ALERT_STATES: Final[dict[str, Look]] = {
    "unack": Look(icon="bell-ringing", word=_l("Chưa tiếp nhận"), tone="critical"),
    "acked": Look(icon="check", word=_l("Đã tiếp nhận"), tone="low"),
    "rtnun": Look(icon="arrow-back-up", word=_l("Đã hết, chưa tiếp nhận"), tone="hold"),
    "norm": Look(icon="circle-check", word=_l("Bình thường"), tone="normal"),
    "shlvd": Look(icon="bell-off", word=_l("Tạm gác"), tone="hold"),
    "closed": Look(icon="square-check", word=_l("Đã đóng"), tone="quiet"),
}
STEP_WORDS: Final[Mapping[str, object]] = {
    "raised": _l("Phát cảnh báo"),
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


@bp.app_context_processor
def _steps() -> dict[str, object]:
    return {
        "step_words": STEP_WORDS,
        "step_icons": STEP_ICONS,
        "condition_looks": CONDITION_LOOKS,
    }
