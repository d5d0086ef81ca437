"""How the states of a device look."""

from typing import Final

from flask_babel import lazy_gettext as _l

from hub.ui.states import Look

DEVICE_STATES: Final[dict[str, Look]] = {
    "online": Look(icon="circle-check", word=_l("Hoạt động"), tone="normal"),
    "offline": Look(icon="plug-x", word=_l("Mất kết nối"), tone="high"),
    "silent": Look(icon="circle-dashed", word=_l("Im lặng"), tone="unknown"),
    "quarantined": Look(icon="lock", word=_l("Chờ nhận diện"), tone="hold"),
    "retired": Look(icon="archive", word=_l("Ngừng dùng"), tone="quiet"),
    "unknown": Look(icon="circle-dashed", word=_l("Không rõ"), tone="unknown"),
}
