"""How the states of an alert look, by their ISA-18.2 names as they are stored."""

from typing import Final

from flask_babel import lazy_gettext as _l

from hub.ui.states import Look

ALERT_STATES: Final[dict[str, Look]] = {
    "unack": Look(icon="bell-ringing", word=_l("Chưa tiếp nhận"), tone="critical"),
    "acked": Look(icon="check", word=_l("Đã tiếp nhận"), tone="low"),
    "rtnun": Look(icon="arrow-back-up", word=_l("Đã hết, chưa tiếp nhận"), tone="hold"),
    "norm": Look(icon="circle-check", word=_l("Bình thường"), tone="normal"),
    "shlvd": Look(icon="bell-off", word=_l("Tạm gác"), tone="hold"),
    "closed": Look(icon="square-check", word=_l("Đã đóng"), tone="quiet"),
}
